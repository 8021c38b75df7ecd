# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

# Labels and releases.
class ApiPlanningTest < ApiTest
  include GitHelper

  setup do
    @user = make_user('ada')
    @project = make_code_project(@user)
    @path = "/projects/#{@project.id}"
  end

  test 'labels' do
    call :post, "#{@path}/labels", as: @user, name: 'bug', color: '#ff0000', description: 'Broken'
    assert_equal [201, 'bug', '#ff0000'], [status, json['name'], json['color']]
    call :post, "#{@path}/labels", as: @user, name: 'bug', color: '#fff'
    assert_refused 409, { 'message' => 'Label already exists' }
    call :post, "#{@path}/labels", as: @user, name: 'x', color: 'red'
    assert_refused 400, { 'message' => { 'color' => ['must be a valid color code'] } }
    issue = make_issue(@project, labels: %w[bug new])
    assert_equal [['bug', 1], ['new', 1]], (call(:get, "#{@path}/labels", as: @user, with_counts: true).map { |one| one.values_at('name', 'open_issues_count') })
    call :put, "#{@path}/labels/bug", as: @user, new_name: 'fault'
    assert_equal %w[fault new], issue.reload.labels
    call :delete, "#{@path}/labels", as: @user, name: 'new'
    assert_equal [204, %w[fault]], [status, issue.reload.labels]
    call :get, "#{@path}/labels/new", as: @user
    assert_refused 404, { 'message' => '404 Label Not Found' }
  end

  test 'releases' do
    call :post, "#{@path}/releases", as: @user, tag_name: 'v1', ref: 'main', name: 'First', description: 'It begins'
    assert_equal [201, 'v1', 'First', 'ada'], [status, *json.values_at('tag_name', 'name'), json['author']['username']]
    assert_equal @project.repository.commit('main').id, json['commit']['id']
    assert_equal 'v1', @project.repository.tag('v1').name
    call :post, "#{@path}/releases", as: @user, tag_name: 'v1'
    assert_refused 409, { 'message' => 'Release already exists' }
    call :post, "#{@path}/releases", as: @user, tag_name: 'v2'
    assert_refused 422, { 'message' => 'Ref is not specified' }
    assert_equal ['First'], call(:get, "#{@path}/releases", as: @user).pluck('name')
    assert_equal 'Second', call(:put, "#{@path}/releases/v1", as: @user, name: 'Second')['name']
    call :delete, "#{@path}/releases/v1", as: @user
    assert_response :ok
    call :get, "#{@path}/releases/v1", as: @user
    assert_refused 404, { 'message' => '404 Not Found' }
    assert @project.repository.tag('v1')
  end
end
