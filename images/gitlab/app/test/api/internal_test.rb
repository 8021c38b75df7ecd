# frozen_string_literal: true

require 'test_helper'

class ApiInternalTest < ActionDispatch::IntegrationTest
  include ShellHelper

  setup do
    @ada = make_user('ada')
    @project = make_project(make_group('tools'), path: 'shop')
    @project.add_developer(@ada)
    @key = make_key(@ada)
  end

  test 'check' do
    assert_equal({ 'api_version' => 'v4', 'gitlab_version' => Gitlab::VERSION, 'gitlab_rev' => Gitlab::REVISION, 'redis' => true },
                 shell_call(:get, 'check'))
  end

  test 'without the secret nobody is heard, and the log says why' do
    lines = log_lines('exceptions') do
      forged = JWT.encode({ iss: 'gitlab-shell', exp: 1.minute.from_now.to_i }, 'another secret', 'HS256')
      get '/api/v4/internal/check', headers: { 'Gitlab-Shell-Api-Request' => forged }
    end

    assert_response :unauthorized
    assert_equal({ 'message' => '401 Unauthorized' }, response.parsed_body)
    assert_equal 'JWT::VerificationError', lines.last['exception.class']
    ['', Gitlab::JwtSecret.shell.sign(iss: 'gitlab-workhorse'), Gitlab::JwtSecret.shell.sign(exp: 5.minutes.ago.to_i)].each do |token|
      get '/api/v4/internal/check', headers: { 'Gitlab-Shell-Api-Request' => token }
      assert_response :unauthorized
    end
  end

  test 'discover' do
    assert_equal({ 'id' => @ada.id, 'name' => 'Ada', 'username' => 'ada' }, shell_call(:get, 'discover', key_id: @key.id))
    assert_nil shell_call(:get, 'discover', key_id: 0)
    assert_nil shell_call(:get, 'discover', key_id: make_deploy_key.id)
  end

  test 'authorized_keys asks by the base64 of a key' do
    assert_equal @key.id, shell_call(:get, 'authorized_keys', key: @key.public_key.encoded)['id']
    assert_equal({ 'message' => '404 Key Not Found' }, shell_call(:get, 'authorized_keys', key: 'AAAA'))
  end

  test 'allowed names the repository and where it is' do
    answer = allowed('git-upload-pack')

    assert_equal [true, "user-#{@ada.id}", 'ada', "project-#{@project.id}", 'tools/shop', 'key', @key.id],
                 answer.values_at('status', 'gl_id', 'gl_username', 'gl_repository', 'gl_project_path', 'gl_key_type', 'gl_key_id')
    assert_equal({ 'repository' => { 'storage_name' => 'default', 'relative_path' => @project.repository.relative_path,
                                     'gl_repository' => "project-#{@project.id}", 'gl_project_path' => 'tools/shop' },
                   'address' => GitalyServer.address, 'token' => 'test-token', 'features' => {} }, answer['gitaly'])
    assert @key.reload.last_used_at
  end

  test 'allowed does not need Gitaly before the transfer' do
    replacing(Gitlab::GitalyClient, :connection, -> { raise 'asked Gitaly' }) { allowed('git-receive-pack') }

    assert_response :ok
  end

  test 'refusals' do
    stranger = make_key(make_user)
    assert_equal [404, GIT[:project_not_found]], refused('git-upload-pack', key: stranger)
    assert_equal [404, GIT[:project_not_found]], refused('git-upload-pack', project: 'tools/none')
    assert_equal [401, GIT[:command_not_allowed]], refused('rm')
    @project.members.update_all(access_level: Member::LEVELS[:guest])
    assert_equal [401, GIT[:download]], refused('git-upload-pack')
    @project.members.update_all(access_level: Member::LEVELS[:reporter])
    assert_equal [401, GIT[:push_code]], refused('git-receive-pack')
    @key.update_columns(expires_at: 1.day.ago)
    assert_equal [401, 'Your SSH key has expired.'], refused('git-upload-pack')
    @ada.block!
    assert_equal [401, 'Your account has been blocked.'], refused('git-upload-pack')
  end

  test 'a project that is being deleted is gone' do
    @project.update!(pending_delete: true)

    assert_equal [404, GIT[:project_not_found]], refused('git-upload-pack')
  end

  test 'a public project is read by every key, and pushed to by none' do
    @project.update!(visibility: 'public')
    deploy = make_deploy_key

    assert_equal '', allowed('git-upload-pack', key: make_key(make_user)).slice('message')['message'].to_s
    assert_equal [401, GIT[:deploy_key_upload]], refused('git-receive-pack', key: deploy)
  end

  test 'the size of a push is git\'s to check' do
    ApplicationSetting.current.update!(receive_max_input_size: 3)

    assert_equal ['receive.maxInputSize=3145728'], allowed('git-receive-pack')['git_config_options']
    assert_equal Gitlab::Git::ConfigOptions::FETCH, allowed('git-upload-pack')['git_config_options']
  end

  test 'a push is counted while it lasts' do
    repository = "project-#{@project.id}"
    assert_equal({ 'reference_counter_increased' => true }, shell_call(:post, 'pre_receive', gl_repository: repository))
    assert_equal 1, Gitlab::Git::ReferenceCounter.new(repository).value
    answer = shell_call(:post, 'post_receive', gl_repository: repository, identifier: "key-#{@key.id}", changes: '')

    assert_equal({ 'reference_counter_decreased' => true, 'messages' => [] }, answer)
    assert_equal [[repository, "key-#{@key.id}", '']], PostReceive.jobs.pluck('args')
  end

  test 'tokens over SSH' do
    answer = shell_call(:post, 'personal_access_token', key_id: @key.id, name: 'cli', scopes: %w[read_api])
    assert_equal @ada, PersonalAccessToken.find_by_token(answer['token']).user
    assert_equal [true, %w[read_api]], answer.values_at('success', 'scopes')

    refusal = ->(**params) { shell_call(:post, 'personal_access_token', **params)['message'] }
    assert_match "Invalid scope: 'none'. Valid scopes are: ", refusal.call(key_id: @key.id, name: 'cli', scopes: %w[none])
    assert_equal 'No token name specified', refusal.call(key_id: @key.id, scopes: %w[api])
    assert_equal "Invalid token expiry date: 'soon'", refusal.call(key_id: @key.id, name: 'x', scopes: %w[api], expires_at: 'soon')
    assert_equal 'Could not find the given key', refusal.call(key_id: 0, name: 'x', scopes: %w[api])
    assert_equal 'Deploy keys cannot be used to create personal access tokens', refusal.call(key_id: make_deploy_key.id, name: 'x')
  end

  test 'what this GitLab does not have' do
    assert_equal({ 'success' => false, 'message' => 'Two-factor authentication is not enabled for this user' },
                 shell_call(:post, 'two_factor_recovery_codes', key_id: @key.id))
    sent_on = shell_call(:post, 'lfs_authenticate', key_id: @key.id, project: 'tools/shop')
    assert_match %r{/tools/shop\.git\z}, sent_on['repository_http_path']
    post URI("#{sent_on['repository_http_path']}/info/lfs/objects/batch").path, headers: { 'Authorization' => "Basic #{Base64.strict_encode64("x:#{sent_on['lfs_token']}")}" }
    assert_equal [501, 'Git LFS is not enabled on this GitLab server, contact your admin.'], [status, JSON.parse(response.body)['message']]
    shell_call(:post, 'lfs_authenticate', key_id: make_key(make_user).id, project: 'tools/shop')
    assert_response :not_found
  end

  GIT = Gitlab::GitAccess::MESSAGES

  private

  def make_deploy_key = DeployKey.create!(title: 'ci', key: public_key)

  def allowed(action, key: @key, project: 'tools/shop')
    shell_call(:post, 'allowed', action: action, key_id: key.id, project: "/#{project}.git", changes: '_any', protocol: 'ssh')
  end

  def refused(...)
    answer = allowed(...)
    assert_equal false, answer['status']
    [status, answer['message']]
  end
end
