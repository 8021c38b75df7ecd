# frozen_string_literal: true

require 'test_helper'

class HealthTest < WebTest
  OUTSIDE = { 'REMOTE_ADDR' => '172.30.0.1' }.freeze

  test 'health answers in plain text' do
    get '/-/health'

    assert_equal [200, 'GitLab OK', 'text/plain'], [status, response.body, response.media_type]
  end

  test 'liveness and readiness' do
    get '/-/liveness'
    assert_equal '{"status":"ok"}', response.body
    get '/-/readiness'
    assert_equal '{"status":"ok","master_check":[{"status":"ok"}]}', response.body
  end

  test 'readiness of everything' do
    get '/-/readiness?all=1'

    assert_response :ok
    assert_equal %w[status db_check cache_check queues_check shared_state_check gitaly_check master_check], JSON.parse(response.body).keys
    assert_equal [{ 'status' => 'ok', 'labels' => { 'shard' => 'default' } }], JSON.parse(response.body)['gitaly_check']
  end

  test 'a failed check is a 503, an exception a 500' do
    replacing(Gitlab::HealthChecks, :ping, 'odd') { get '/-/readiness?all=1' }
    assert_response :service_unavailable
    assert_equal '1', response.headers['X-GitLab-Custom-Error']
    assert_equal [{ 'status' => 'failed', 'message' => 'unexpected Cache check result: odd' }], JSON.parse(response.body)['cache_check']

    replacing(Gitlab::HealthChecks, :ping, -> { raise Redis::CannotConnectError, 'gone' }) { get '/-/readiness?all=1' }
    assert_response :internal_server_error
    assert_equal({ 'status' => 'failed', 'message' => 'Redis::CannotConnectError : gone' }, JSON.parse(response.body))
  end

  test 'other addresses see a 404' do
    get '/-/health', env: OUTSIDE
    assert_equal [404, ''], [status, response.body]

    %w[/-/liveness /-/readiness /health_check].each do |path|
      get path, env: OUTSIDE
      assert_equal [404, 'text/html'], [status, response.media_type], path
    end
  end

  test 'nginx on this host may speak for a client, nobody else may' do
    get '/-/liveness', headers: { 'X-Forwarded-For' => '172.30.0.1' }
    assert_response :not_found
    get '/-/liveness', headers: { 'X-Forwarded-For' => '127.0.0.1' }, env: OUTSIDE
    assert_response :not_found
  end

  test 'the allowlist comes from the settings' do
    replacing(Gitlab::Settings, :monitoring, { 'ip_whitelist' => ['172.16.0.0/12'] }) do
      get '/-/liveness', env: OUTSIDE
      assert_response :ok
      get '/-/liveness'
      assert_response :not_found
    end
  end

  test 'the token opens the door, as parameter and as header' do
    token = ApplicationSetting.current.health_check_access_token
    get "/-/liveness?token=#{token}", env: OUTSIDE
    assert_response :ok
    get '/-/liveness', env: OUTSIDE, headers: { 'TOKEN' => token }
    assert_response :ok
    get '/-/liveness?token=wrong', env: OUTSIDE
    assert_response :not_found
  end

  test 'health_check in plain text' do
    %w[/health_check /health_check/database /health_check/cache /health_check/migrations /health_check/database_cache].each do |path|
      get path
      assert_equal [200, 'success'], [status, response.body], path
    end
  end

  test 'health_check names the pending migration' do
    version = '20250101000004'
    connection = ApplicationRecord.connection
    connection.execute("DELETE FROM schema_migrations WHERE version = '#{version}'")
    get '/health_check/migrations'

    assert_equal [500, 'health_check failed: migrations are pending'], [status, response.body]
  end
end
