# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class ApiBlamesTest < ApiTest
  include GitHelper

  setup do
    @user = make_user('ada')
    @project = make_code_project(@user)
    @first = @project.repository.commit('main').id
    @second = update_file(@project, @user, 'README.md', "# Shop\n\tünder\nSee [the manual](docs/manual.md).\n")
    @path = "/projects/#{@project.id}/repository/files"
  end

  test 'who wrote which lines' do
    call :get, "#{@path}/README.md/blame", as: @user, ref: 'main'

    assert_equal [[@first, ['# Shop']], [@second, ["\tünder"]], [@first, ['See [the manual](docs/manual.md).']]],
                 (json.map { |part| [part['commit']['id'], part['lines']] })
    assert_equal ['Update', 'ada@example.com', [@first]], json[1]['commit'].values_at('message', 'author_email', 'parent_ids')
    call :get, "#{@path}/docs%2Fmanual.md/blame", as: @user, ref: @first
    assert_equal [['Manual']], json.pluck('lines')
  end

  test 'of a part' do
    call :get, "#{@path}/README.md/blame", as: @user, ref: 'main', range: { start: 2, end: 2 }
    assert_equal [["\tünder"]], json.pluck('lines')
    call :get, "#{@path}/README.md/blame", as: @user, ref: 'main', range: { start: 3, end: 2 }
    assert_refused 400, { 'error' => 'range[start] must be less than or equal to range[end]' }
    call :get, "#{@path}/README.md/blame", as: @user, ref: 'main', range: { start: 90, end: 99 }
    assert_refused 400, { 'message' => 'range is outside of the file length' }
  end

  test 'mistakes' do
    call :get, "#{@path}/nosuch/blame", as: @user, ref: 'main'
    assert_refused 404, { 'message' => '404 File Not Found' }
    call :get, "#{@path}/docs/blame", as: @user, ref: 'main'
    assert_refused 404, { 'message' => '404 File Not Found' }
    call :get, "#{@path}/README.md/blame", as: @user
    assert_refused 400, { 'error' => 'ref is missing' }
  end
end
