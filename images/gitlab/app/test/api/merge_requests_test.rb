# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class ApiMergeRequestsTest < ApiTest
  include GitHelper

  setup do
    @user = make_user('ada')
    @project = make_code_project(@user)
    @path = "/projects/#{@project.id}/merge_requests"
    commit_files(@project, @user, { 'new.txt' => "x\n" }, branch: 'topic', start: 'main', message: 'New file')
  end

  test 'created, looked at and merged' do
    create
    assert_response :created
    assert_equal [1, 'opened', 'topic', 'main', 'A title', 'ada', false],
                 json.values_at('iid', 'state', 'source_branch', 'target_branch', 'title') + [json['author']['username'], json['draft']]
    assert_equal ['ada/shop!1', '1'], [json.dig('references', 'full'), json['changes_count']]

    call :get, "#{@path}/1", as: @user
    assert_equal %w[can_be_merged mergeable], json.values_at('merge_status', 'detailed_merge_status')
    assert_equal ['New file'], call(:get, "#{@path}/1/commits", as: @user).pluck('title')
    assert_equal ['new.txt'], call(:get, "#{@path}/1/changes", as: @user)['changes'].pluck('new_path')
    assert_equal ["@@ -0,0 +1 @@\n+x\n"], call(:get, "#{@path}/1/diffs", as: @user).pluck('diff')

    version = call(:get, "#{@path}/1/versions", as: @user).first
    assert_equal ['new.txt'], call(:get, "#{@path}/1/versions/#{version['id']}", as: @user)['diffs'].pluck('new_path')
    assert_equal version['head_commit_sha'], json['commits'].first['id']
    call :get, "#{@path}/1/versions/999999", as: @user
    assert_refused 404, { 'message' => '404 Not Found' }

    call :put, "#{@path}/1/merge", as: @user, should_remove_source_branch: true
    assert_response :ok
    assert_equal %w[merged ada], [json['state'], json['merged_by']['username']]
    merge = @project.repository.commit('main')
    assert_equal [json['merge_commit_sha'], 2], [merge.id, merge.parent_ids.size]
    assert_equal "Merge branch 'topic' into 'main'\n\nA title\n\nSee merge request ada/shop!1", merge.message.strip
    assert_equal "x\n", @project.repository.blob_at('main', 'new.txt').data
    assert_nil @project.repository.branch('topic')
    assert_equal ['new.txt'], call(:get, "#{@path}/1/changes", as: @user)['changes'].pluck('new_path')
  end

  test 'conflicts are told and not merged' do
    update_file(@project, @user, 'README.md', 'ours', branch: 'topic')
    update_file(@project, @user, 'README.md', 'theirs')
    create
    call :get, "#{@path}/1", as: @user
    assert_equal ['cannot_be_merged', 'conflict', true], json.values_at('merge_status', 'detailed_merge_status', 'has_conflicts')
    call :put, "#{@path}/1/merge", as: @user
    assert_refused 422, { 'message' => 'Branch cannot be merged' }

    update_file(@project, @user, 'README.md', 'theirs', branch: 'topic')
    assert_equal 'mergeable', call(:get, "#{@path}/1", as: @user)['detailed_merge_status']
  end

  test 'what cannot be merged' do
    create title: 'Draft: not yet'
    assert_equal true, json['draft']
    call :put, "#{@path}/1/merge", as: @user
    assert_refused 405, { 'message' => '405 Method Not Allowed' }

    call :put, "#{@path}/1", as: @user, title: 'Now'
    head = @project.repository.commit('topic').id
    call :put, "#{@path}/1/merge", as: @user, sha: '0' * 40
    assert_refused 409, { 'message' => "SHA does not match HEAD of source branch: #{head}" }

    eve = make_user('eve').tap { |user| @project.add_developer(user) }
    call :put, "#{@path}/1/merge", as: eve
    assert_refused 401, { 'message' => '401 Unauthorized' }
  end

  test 'who may merge though not push' do
    create
    eve = make_user('eve').tap { |user| @project.add_developer(user) }
    @project.protected_branches.find_by!(name: 'main').update!(merge_access_level: 30)
    call :put, "#{@path}/1/merge", as: eve
    assert_response :ok
    assert_equal %w[merged eve], [json['state'], json['merged_by']['username']]
  end

  test 'closed, reopened and renamed' do
    create
    assert_equal 'closed', call(:put, "#{@path}/1", as: @user, state_event: 'close')['state']
    assert_equal %w[opened other], call(:put, "#{@path}/1", as: @user, state_event: 'reopen', title: 'other').values_at('state', 'title')
    call :put, "#{@path}/1", as: make_user.tap { |user| @project.add_reporter(user) }, title: 'x'
    assert_refused 403, { 'message' => '403 Forbidden' }
  end

  test 'mistakes' do
    call :post, @path, as: @user, title: 'x'
    assert_refused 400, { 'error' => 'source_branch is missing, target_branch is missing' }
    create source_branch: 'main'
    assert_refused 422, { 'error' => ["You can't use same project/branch for source and target"] }
    create source_branch: 'nowhere'
    assert_refused 400, { 'message' => { 'source_branch' => ['does not exist'] } }
    create
    create
    assert_refused 409, { 'message' => ['Another open merge request already exists for this source branch: !1'] }
    call :get, "#{@path}/7", as: @user
    assert_refused 404, { 'message' => '404 Merge Request Not Found' }
  end

  test 'lists' do
    create
    assert_equal [1], call(:get, @path, as: @user, state: 'opened').pluck('iid')
    assert_empty call(:get, @path, as: @user, state: 'merged')
    assert_empty call(:get, @path, as: @user, source_branch: 'other')
    assert_equal [1], call(:get, '/merge_requests', as: @user).pluck('iid')
    assert_empty call(:get, '/merge_requests', as: make_user, scope: 'all')
  end

  test 'comments' do
    create
    call :post, "#{@path}/1/notes", as: @user, body: 'Looks good'
    assert_equal ['Looks good', 'MergeRequest', 1], json.values_at('body', 'noteable_type', 'noteable_iid')
    assert_equal 1, call(:get, "#{@path}/1", as: @user)['user_notes_count']
  end

  test 'merged by hand: whose target holds it all is merged' do
    create
    @project.repository.merge(@user, @project.repository.commit('topic').id, 'main', 'By hand')
    PostReceive.drain
    assert_equal 'merged', call(:get, "#{@path}/1", as: @user)['state']
  end

  test 'a push to the source branch moves it along' do
    create
    update_file(@project, @user, 'new.txt', 'more', branch: 'topic')
    PostReceive.drain
    head = @project.repository.commit('topic').id
    assert_equal head, @project.merge_requests.first.diff_head_sha
    assert_equal head, @project.repository.commit('refs/merge-requests/1/head').id
  end

  private

  def create(title: 'A title', source_branch: 'topic', target_branch: 'main')
    call :post, @path, as: @user, title: title, source_branch: source_branch, target_branch: target_branch
  end
end
