# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class ApiProtectedTagsTest < ApiTest
  include GitHelper

  setup do
    @ada = make_user('ada')
    @project = make_code_project(@ada)
    @path = "/projects/#{@project.id}/protected_tags"
  end

  test 'made and removed' do
    call :post, @path, as: @ada, name: 'v*', create_access_level: 30
    assert_response :created
    assert_equal ['v*', [30, 'Developers + Maintainers']],
                 [json['name'], json['create_access_levels'].first.values_at('access_level', 'access_level_description')]
    assert_equal json, call(:get, "#{@path}/v*", as: @ada)
    assert_equal ['v*'], call(:get, @path, as: @ada).pluck('name')
    call :delete, "#{@path}/v*", as: @ada
    assert_response :no_content
    call :get, "#{@path}/v*", as: @ada
    assert_refused 404, { 'message' => '404 Not Found' }
  end

  test 'refusals' do
    2.times { call :post, @path, as: @ada, name: 'v*' }
    assert_refused 422, { 'message' => { 'name' => ['has already been taken'] } }
    call :post, @path, as: @ada, name: 'x', create_access_level: 35
    assert_refused 400, { 'error' => 'create_access_level does not have a valid value' }
    call :get, @path, as: developer
    assert_refused 403, { 'message' => '403 Forbidden' }
  end

  test 'who may make and remove them' do
    @project.protected_tags.create!(name: 'v*')
    call :post, tags, as: developer, tag_name: 'v1', ref: 'main'
    assert_refused 400, { 'message' => 'You are not allowed to create this tag as it is protected.' }
    call :post, tags, as: @ada, tag_name: 'v1', ref: 'main'
    assert_equal [201, true], [status, json['protected']]
    call :delete, "#{tags}/v1", as: developer
    assert_refused 400, { 'message' => TAG[:delete_protected] }
    call :delete, "#{tags}/v1", as: @ada
    assert_response :no_content
    call :post, tags, as: @ada, tag_name: 'main', ref: 'main'
    assert_refused 400, { 'message' => TAG[:default_branch] }
  end

  TAG = Gitlab::GitAccess::TagCheck::MESSAGES

  private

  def tags = "/projects/#{@project.id}/repository/tags"
  def developer = @developer ||= make_user.tap { |user| @project.add_developer(user) }
end
