# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class ApiCommitsTest < ApiTest
  include GitHelper

  setup do
    @user = make_user('ada')
    @project = make_code_project(@user)
    @path = "/projects/#{@project.id}/repository/commits"
  end

  test 'newest first, in pages whose number nobody counts' do
    3.times { |i| update_file(@project, @user, 'README.md', "#{i}\n", message: "Change #{i}") }
    call :get, @path, as: @user, per_page: 2

    assert_equal ['Change 2', 'Change 1'], json.pluck('title')
    assert_equal ['2', nil, '1'], response.headers.values_at('x-next-page', 'x-total', 'x-page')
    assert_equal ['Change 0', 'Begin'], call(:get, @path, as: @user, per_page: 2, page: 2).pluck('title')
    assert_equal '', response.headers['x-next-page']
    assert_equal ['Begin'], call(:get, @path, as: @user, path: 'docs/manual.md').pluck('title')
  end

  test 'one commit' do
    id = @project.repository.commit('main').id
    call :get, "#{@path}/main", as: @user

    assert_equal [id, id[0, 8], 'Begin', 'Ada', 'ada@example.com', [], @project.id],
                 json.values_at('id', 'short_id', 'title', 'author_name', 'author_email', 'parent_ids', 'project_id')
    assert_equal({ 'additions' => 6, 'deletions' => 0, 'total' => 6 }, json['stats'])
    assert_match(/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000[+-]\d\d:\d\d\z/, json['committed_date'])
    assert_equal "#{Gitlab::Settings.base_url}/ada/shop/-/commit/#{id}", json['web_url']
    assert_equal [{ 'type' => 'branch', 'name' => 'main' }], call(:get, "#{@path}/#{id}/refs", as: @user)
  end

  test 'what a first commit changed' do
    call :get, "#{@path}/main/diff", as: @user

    readme = json.find { |diff| diff['new_path'] == 'README.md' }
    assert_equal [true, false, false, '0', '100644'], readme.values_at('new_file', 'deleted_file', 'renamed_file', 'a_mode', 'b_mode')
    assert_equal "@@ -0,0 +1,3 @@\n+# Shop\n+\n+See [the manual](docs/manual.md).\n", readme['diff']
  end

  test 'several files in one commit' do
    actions = [{ action: 'create', file_path: 'bin/run', content: '#!/bin/sh', execute_filemode: true },
               { action: 'move', file_path: 'manual.md', previous_path: 'docs/manual.md' },
               { action: 'delete', file_path: 'app.rb' },
               { action: 'update', file_path: 'README.md', content: Base64.strict_encode64('new'), encoding: 'base64' }]
    call :post, @path, as: @user, branch: 'topic', start_branch: 'main', commit_message: 'Many', actions: actions

    assert_response :created
    assert_equal ['Many', 1], [json['title'], json['parent_ids'].size]
    tree = @project.repository.tree('topic', recursive: true).to_h { |entry| [entry.path, entry.mode] }
    assert_equal({ 'bin' => '040000', 'bin/run' => '100755', 'README.md' => '100644', 'manual.md' => '100644' }, tree)
    assert_equal "Manual\n", @project.repository.blob_at('topic', 'manual.md').data
  end

  test 'mistakes' do
    call :post, @path, as: @user, branch: 'main'
    assert_refused 400, { 'error' => 'commit_message is missing, actions is missing' }
    call :post, @path, as: @user, branch: 'main', commit_message: 'm', actions: [{ action: 'fly', file_path: 'x' }]
    assert_refused 400, { 'message' => "Unknown action 'fly'" }
    call :post, @path, as: @user, branch: 'main', start_branch: 'other', commit_message: 'm', actions: [{ action: 'delete', file_path: 'app.rb' }]
    assert_refused 400, { 'message' => "A branch called 'main' already exists. Switch to that branch in order to make changes" }
    call :get, "#{@path}/no", as: @user
    assert_refused 404, { 'message' => '404 Commit Not Found' }
    call :get, "#{@path}/--help", as: @user
    assert_refused 404, { 'message' => '404 Commit Not Found' }
  end

  test 'nothing of it for who may not read the code' do
    call :get, @path, as: make_user
    assert_response :not_found
    guest = make_user.tap { |user| @project.add_guest(user) }
    call :get, @path, as: guest
    assert_refused 403, { 'message' => '403 Forbidden' }
    call :post, @path, as: make_user.tap { |user| @project.add_reporter(user) }, branch: 'x', commit_message: 'm', actions: []
    assert_refused 403, { 'message' => '403 Forbidden' }
  end
end
