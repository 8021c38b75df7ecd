# frozen_string_literal: true

require 'test_helper'

# Gitaly is stopped for real, and started again.
class GitalyAwayTest < WebTest
  include ShellHelper

  setup do
    @ada = make_user('ada')
    @project = make_project(@ada.namespace, path: 'shop')
    GitalyServer.stop
  end

  teardown { GitalyServer.run }

  test 'pages, API, readiness and pushes say so, and nothing is left half done' do
    sign_in_as(@ada)
    lines = log_lines('exceptions') { get '/ada/shop/-/branches' }
    assert_response :service_unavailable
    assert_select 'p', 'The git server, Gitaly, is not available at this time. Please contact your administrator.'
    assert_match(/\A14:failed to connect to all addresses/, lines.last['exception.message'])
    assert_equal 'GRPC::Unavailable', lines.last['exception.cause_class']

    get "/api/v4/projects/#{@project.id}/repository/branches", headers: { 'PRIVATE-TOKEN' => make_token(@ada).token }
    assert_equal [503, '{"message":"503 Service Unavailable"}'], [status, response.body]
    not_ready
    no_new_project
    unreachable_over_ssh
    refused_by_the_hook
  end

  private

  def not_ready
    get '/-/readiness?all=1'
    check = JSON.parse(response.body)['gitaly_check'].first
    assert_equal [503, 'failed', { 'shard' => 'default' }], [status, check['status'], check['labels']]
    get '/-/readiness'
    assert_response :ok
  end

  def no_new_project
    post '/api/v4/projects', params: { name: 'new' }, headers: { 'PRIVATE-TOKEN' => make_token(@ada).token }
    assert_equal [400, '{"message":{"base":["Failed to create repository"]}}', 1], [status, response.body, Project.count]
    assert_raises(Gitlab::Git::Unavailable) { ProjectDestroyWorker.new.perform(@project.id) }
    assert Project.exists?(@project.id)
  end

  # A push that was on its way: Gitaly's hook asks, and nobody can look at the new commits.
  def refused_by_the_hook
    ProtectedBranch.protect!(@project, 'main')
    answer = shell_call(:post, 'allowed', action: 'git-receive-pack', gl_repository: "project-#{@project.id}", protocol: 'ssh',
                                          user_id: @ada.id, changes: "#{'1' * 40} #{'2' * 40} refs/heads/main\n")
    assert_response :service_unavailable
    assert_equal 'The git server, Gitaly, is not available at this time. Please contact your administrator.', answer['message']
  end

  def unreachable_over_ssh
    assert_match 'The git server, Gitaly, is not available at this time.', git(working_copy(make_key(@ada), @project), 'fetch', fails: true)
  end
end
