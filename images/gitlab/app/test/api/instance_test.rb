# frozen_string_literal: true

require 'test_helper'

class InstanceTest < ApiTest
  test 'version and metadata' do
    assert_equal({ 'version' => Gitlab::VERSION, 'revision' => Gitlab.revision }, call(:get, '/version', as: make_user))
    assert_equal false, call(:get, '/metadata', as: make_user)['enterprise']
    call :get, '/version'
    assert_response :unauthorized
  end

  test 'statistics are for administrators' do
    assert_equal '1', call(:get, '/application/statistics', as: make_admin)['users']
    call :get, '/application/statistics', as: make_user
    assert_refused 403, { 'message' => '403 Forbidden' }
  end

  test 'sidekiq metrics' do
    admin = make_admin
    Sidekiq::Testing.disable! { NewIssueWorker.perform_async(0, 0) }

    assert_equal 1, call(:get, '/sidekiq/queue_metrics', as: admin).dig('queues', 'new_issue', 'backlog')
    assert_equal [], call(:get, '/sidekiq/process_metrics', as: admin)['processes']
    assert_equal({ 'processed' => 0, 'failed' => 0, 'enqueued' => 1, 'dead' => 0 }, call(:get, '/sidekiq/job_stats', as: admin)['jobs'])
    assert_equal %w[queues processes jobs], call(:get, '/sidekiq/compound_metrics', as: admin).keys
    call :get, '/sidekiq/compound_metrics', as: make_user
    assert_response :forbidden
  end

  test 'an unexpected failure is JSON, and logged with its correlation id' do
    admin = make_admin
    token_of(admin)
    api = nil
    lines = log_lines('exceptions') do
      api = log_lines('api') do
        replacing(Sidekiq::Stats, :new, -> { raise Redis::CommandError, 'NOAUTH Authentication required.' }) do
          call :get, '/sidekiq/job_stats', as: admin
        end
      end
    end

    assert_refused 500, { 'message' => '500 Internal Server Error' }
    assert_equal 'NOAUTH Authentication required.', lines.last['exception.message']
    assert_equal response.headers['x-request-id'], lines.last['correlation_id']
    assert_equal [500, 'Redis::CommandError', admin.username], api.last.values_at('status', 'exception.class', 'meta.user')
  end

  test 'api_json.log speaks GitLab\'s fields and keeps secrets' do
    lines = log_lines('api') { call :get, '/user', as: make_user('ada'), private_token: 'glpat-secret' }

    assert_equal ['GET', '/api/v4/user', 200, 'ada', '/api/:version/user'], lines.last.values_at('method', 'path', 'status', 'username', 'route')
    assert_not_includes lines.to_json, 'glpat-secret'
  end

  test 'a broken JSON body is a 400' do
    post '/api/v4/projects', params: '{', headers: { 'CONTENT_TYPE' => 'application/json', 'PRIVATE-TOKEN' => token_of(make_user) }

    assert_response :bad_request
  end
end
