# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class ApiPushRulesTest < ApiTest
  include GitHelper

  setup do
    @ada = make_user('ada')
    @project = make_project(@ada.namespace)
    @path = "/projects/#{@project.id}/push_rule"
  end

  test 'made, changed and removed' do
    call :get, @path, as: @ada
    assert_equal [200, 'null'], [status, response.body]
    call :post, @path, as: @ada, commit_message_regex: 'Fixes #\d+', max_file_size: 5
    assert_response :created
    assert_equal [@project.id, 'Fixes #\d+', 5, false, nil],
                 json.values_at('project_id', 'commit_message_regex', 'max_file_size', 'deny_delete_tag', 'branch_name_regex')
    call :put, @path, as: @ada, deny_delete_tag: true
    assert_equal [true, 5], call(:get, @path, as: @ada).values_at('deny_delete_tag', 'max_file_size')
    call :delete, @path, as: @ada
    assert_response :no_content
    call :delete, @path, as: @ada
    assert_refused 404, { 'message' => '404 Push Rule Not Found' }
  end

  test 'refusals' do
    call :put, @path, as: @ada, member_check: true
    assert_refused 404, { 'message' => '404 Push Rule Not Found' }
    call :post, @path, as: @ada
    assert_match 'are missing, at least one parameter must be provided', json['error']
    call :post, @path, as: @ada, branch_name_regex: '(open'
    assert_response :bad_request
    assert_match 'not valid RE2 syntax', json['message']['branch_name_regex'].first
    2.times { call :post, @path, as: @ada, member_check: true }
    assert_refused 422, { 'message' => 'Project push rule exists' }
    call :get, @path, as: make_user.tap { |user| @project.add_developer(user) }
    assert_refused 403, { 'message' => '403 Forbidden' }
  end

  test 'they hold for commits made through the API as well' do
    commit_files(@project, @ada, { 'README.md' => "Hello\n" })
    PushRule.create!(project: @project, commit_message_regex: '^JIRA-\d+', branch_name_regex: '^feature/')
    call :post, "/projects/#{@project.id}/repository/files/a", as: @ada, branch: 'main', content: 'a', commit_message: 'Add a'
    assert_refused 400, { 'message' => "Commit message does not follow the pattern '^JIRA-\\d+'" }
    call :post, "/projects/#{@project.id}/repository/branches", as: @ada, branch: 'other', ref: 'main'
    assert_refused 400, { 'message' => "Branch name 'other' does not follow the pattern '^feature/'" }
    call :post, "/projects/#{@project.id}/repository/files/a", as: @ada, branch: 'main', content: 'a', commit_message: 'JIRA-1 Add a'
    assert_response :created
  end
end
