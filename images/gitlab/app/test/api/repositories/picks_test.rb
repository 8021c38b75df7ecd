# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class ApiPicksTest < ApiTest
  include GitHelper

  setup do
    @user = make_user('ada')
    @project = make_code_project(@user)
    @path = "/projects/#{@project.id}/repository/commits"
    @sha = commit_files(@project, @user, { 'new.txt' => "x\n" }, branch: 'topic', start: 'main', message: 'New file')
  end

  test 'a commit is picked' do
    call :post, "#{@path}/#{@sha}/cherry_pick", as: @user, branch: 'main', dry_run: true
    assert_equal [200, { 'dry_run' => 'success' }], [status, json]
    assert_nil @project.repository.blob_at('main', 'new.txt')

    call :post, "#{@path}/#{@sha}/cherry_pick", as: @user, branch: 'main'
    assert_response :created
    assert_equal ['New file', "New file\n\n(cherry picked from commit #{@sha})"], json.values_at('title', 'message').map(&:strip)
    assert_equal json['id'], @project.repository.commit('main').id
    call :post, "#{@path}/#{@sha}/cherry_pick", as: @user, branch: 'main'
    assert_response :bad_request
    assert_equal 'empty', json['error_code']
    assert_match 'Sorry, we cannot cherry-pick this commit automatically.', json['message']
  end

  test 'a conflict is told' do
    change = update_file(@project, @user, 'README.md', 'ours', branch: 'topic')
    update_file(@project, @user, 'README.md', 'theirs')
    call :post, "#{@path}/#{change}/cherry_pick", as: @user, branch: 'main'
    assert_equal [400, 'conflict'], [status, json['error_code']]
    call :post, "#{@path}/#{@sha}/cherry_pick", as: @user, branch: 'main', message: 'My words'
    assert_equal [201, 'My words'], [status, json['title']]
  end

  test 'a commit is reverted' do
    call :post, "#{@path}/#{@sha}/revert", as: @user, branch: 'topic'
    assert_response :created
    assert_equal "Revert \"New file\"\n\nThis reverts commit #{@sha}", json['message'].strip
    assert_nil @project.repository.blob_at('topic', 'new.txt')
    call :post, "#{@path}/#{@sha}/revert", as: @user, branch: 'topic'
    assert_equal [400, 'empty'], [status, json['error_code']]
    assert_match 'Sorry, we cannot revert this commit automatically.', json['message']
    change = update_file(@project, @user, 'README.md', 'one')
    update_file(@project, @user, 'README.md', 'two')
    call :post, "#{@path}/#{change}/revert", as: @user, branch: 'main'
    assert_equal [400, 'conflict'], [status, json['error_code']]
  end

  test 'refusals' do
    call :post, "#{@path}/nosuch/cherry_pick", as: @user, branch: 'main'
    assert_refused 404, { 'message' => '404 Commit Not Found' }
    call :post, "#{@path}/#{@sha}/cherry_pick", as: @user, branch: 'nosuch'
    assert_refused 404, { 'message' => '404 Branch Not Found' }
    call :post, "#{@path}/#{@sha}/cherry_pick", as: @user
    assert_refused 400, { 'error' => 'branch is missing' }
    call :post, "#{@path}/#{@sha}/cherry_pick", as: make_user.tap { |user| @project.add_developer(user) }, branch: 'main'
    assert_refused 403, { 'message' => '403 Forbidden - You are not allowed to push into this branch' }
    PushRule.create!(project: @project, commit_message_regex: '^JIRA')
    call :post, "#{@path}/#{@sha}/cherry_pick", as: @user, branch: 'main'
    assert_refused 400, { 'message' => "Commit message does not follow the pattern '^JIRA'" }
    call :post, "#{@path}/#{@sha}/revert", as: @user, branch: 'topic'
    assert_refused 400, { 'message' => "Commit message does not follow the pattern '^JIRA'" }
  end

  test 'comments' do
    call :post, "#{@path}/#{@sha}/comments", as: @user, note: 'Why?'
    assert_equal [201, 'Why?', nil, 'ada'], [status, json['note'], json['path'], json['author']['username']]
    call :post, "#{@path}/topic/comments", as: @user, note: 'Here', path: 'new.txt', line: 1, line_type: 'new'
    assert_equal [['Why?', nil], ['Here', 1]], (call(:get, "#{@path}/#{@sha}/comments", as: @user).map { |note| note.values_at('note', 'line') })
    call :post, "#{@path}/#{@sha}/comments", as: @user
    assert_refused 400, { 'error' => 'note is missing' }
  end

  test 'its place in history, and no signature' do
    assert_equal({ 'count' => 2 }, call(:get, "#{@path}/#{@sha}/sequence", as: @user))
    call :get, "#{@path}/#{@sha}/signature", as: @user
    assert_refused 404, { 'message' => '404 Signature Not Found' }
  end
end
