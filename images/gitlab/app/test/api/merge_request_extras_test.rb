# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

# Rebases, approvals and discussions.
class ApiMergeRequestExtrasTest < ApiTest
  include GitHelper

  setup do
    @user = make_user('ada')
    @project = make_code_project(@user)
    commit_files(@project, @user, { 'new.txt' => "x\n" }, branch: 'topic', start: 'main', message: 'New file')
    call :post, "/projects/#{@project.id}/merge_requests", as: @user, title: 'A title', source_branch: 'topic', target_branch: 'main'
    @path = "/projects/#{@project.id}/merge_requests/1"
  end

  test 'rebased onto what the target has by now' do
    update_file(@project, @user, 'README.md', 'more')
    assert_equal 1, call(:get, @path, as: @user, include_diverged_commits_count: true)['diverged_commits_count']
    call :put, "#{@path}/rebase", as: @user
    assert_equal [202, { 'rebase_in_progress' => true }], [status, json]
    assert_equal true, call(:get, @path, as: @user, include_rebase_in_progress: true)['rebase_in_progress']

    RebaseWorker.drain
    assert_equal [false, 0, nil], call(:get, @path, as: @user, include_rebase_in_progress: true, include_diverged_commits_count: true)
      .values_at('rebase_in_progress', 'diverged_commits_count', 'merge_error')
    assert_equal @project.repository.commit('main').id, @project.repository.commit('topic').parent_ids.first
    assert_equal @project.repository.commit('topic').id, json['sha']
  end

  test 'a rebase that fails says why' do
    update_file(@project, @user, 'README.md', 'ours', branch: 'topic')
    update_file(@project, @user, 'README.md', 'theirs')
    call :put, "#{@path}/rebase", as: @user
    RebaseWorker.drain
    assert_equal MergeRequests::Rebase::CONFLICT, call(:get, @path, as: @user)['merge_error']

    call :put, "#{@path}/rebase", as: make_user.tap { |user| @project.add_reporter(user) }
    assert_refused 403, { 'message' => '403 Forbidden - Cannot push to source branch' }
  end

  test 'approved, and not any more' do
    assert_equal [false, [], false, true], call(:get, "#{@path}/approvals", as: @user).values_at('approved', 'approved_by', 'user_has_approved', 'user_can_approve')
    call :post, "#{@path}/approve", as: @user, sha: '0' * 40
    assert_response :conflict
    call :post, "#{@path}/approve", as: @user
    assert_equal [201, true, 'ada'], [status, json['approved'], json['approved_by'].first['user']['username']]
    call :post, "#{@path}/approve", as: @user
    assert_refused 401, { 'message' => '401 Unauthorized' }
    call :post, "#{@path}/unapprove", as: @user
    assert_equal [201, false], [status, json['approved']]
    call :post, "#{@path}/unapprove", as: @user
    assert_response :not_found
    assert_equal [], call(:get, "#{@path}/approval_state", as: @user)['rules']
  end

  test 'every comment is a discussion' do
    call :post, "#{@path}/discussions", as: @user, body: 'Why?'
    assert_equal [201, ['Why?']], [status, json['notes'].pluck('body')]
    assert_equal json, call(:get, "#{@path}/discussions/#{json['id']}", as: @user)
    assert_equal [[true, 'Why?']], (call(:get, "#{@path}/discussions", as: @user).map { |one| [one['individual_note'], one['notes'].first['body']] })
    make_issue(@project)
    assert_equal [], call(:get, "/projects/#{@project.id}/issues/1/discussions", as: @user)
  end
end
