# frozen_string_literal: true

require 'test_helper'

class ApiProtectedBranchesTest < ApiTest
  setup do
    @ada = make_user('ada')
    @project = make_project(@ada.namespace)
    @path = "/projects/#{@project.id}/protected_branches"
  end

  test 'made, changed and removed' do
    call :post, @path, as: @ada, name: 'release/*', push_access_level: 0, merge_access_level: 30
    assert_equal ['release/*', [0, 'No one'], [30, 'Developers + Maintainers']],
                 [json['name'], level('push_access_levels'), level('merge_access_levels')]
    call :patch, "#{@path}/release%2F*", as: @ada, allow_force_push: true
    assert_equal true, json['allow_force_push']
    assert_equal ['release/*'], call(:get, @path, as: @ada).pluck('name')
    call :delete, "#{@path}/release%2F*", as: @ada
    assert_response :no_content
    call :get, "#{@path}/release%2F*", as: @ada
    assert_refused 404, { 'message' => '404 Not Found' }
  end

  test 'refusals' do
    2.times { call :post, @path, as: @ada, name: 'main' }
    assert_refused 409, { 'message' => "Protected branch 'main' already exists" }
    call :post, @path, as: @ada, name: 'x', push_access_level: 35
    assert_refused 400, { 'error' => 'push_access_level does not have a valid value' }
    developer = make_user.tap { |user| @project.add_developer(user) }
    call :get, @path, as: developer
    assert_refused 403, { 'message' => '403 Forbidden' }
  end

  test 'of several rules the most generous counts, and no one means no one' do
    developer = make_user.tap { |user| @project.add_developer(user) }
    @project.protected_branches.create!(name: 'release/*', push_access_level: 0)
    access = ->(user) { ProjectAccess.new(user).push_to_branch?(@project.reload, 'release/1') }
    assert_equal [false, false, false], [developer, @ada, make_admin].map(&access)

    @project.protected_branches.create!(name: 'release/1', push_access_level: 30)
    assert_equal [true, true], [developer, @ada].map(&access)
  end

  private

  def level(kind) = json[kind].first.values_at('access_level', 'access_level_description')
end
