# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class MergeRequestPagesTest < WebTest
  include GitHelper

  setup do
    sign_in_as(@user = make_user('ada'))
    @project = make_code_project(@user)
    commit_files(@project, @user, { 'new.txt' => "x\n" }, branch: 'feature/x', start: 'main', message: 'New file')
  end

  test 'from the address that a push hints at to the merge' do
    get '/ada/shop/-/merge_requests/new?merge_request%5Bsource_branch%5D=feature%2Fx'
    assert_select 'input[name="merge_request[title]"][value="New file"]'
    assert_select '.rows h3', 'New file'

    post '/ada/shop/-/merge_requests', params: { merge_request: { source_branch: 'feature/x', target_branch: 'main', title: 'New file', description: 'Please.' } }
    assert_redirected_to '/ada/shop/-/merge_requests/1'
    follow_redirect!
    assert_select 'h1', 'New file (!1)'
    assert_select '.diff h3', /new\.txt/

    post '/ada/shop/-/merge_requests/1/merge', params: { sha: css_select('input[name=sha]').first['value'] }
    follow_redirect!
    assert_select '.badge', 'merged'
    assert_equal "x\n", @project.repository.blob_at('main', 'new.txt').data
    get '/ada/shop/-/merge_requests?state=merged'
    assert_select '.rows h2', 'New file'
  end

  test 'without a branch the page asks for one' do
    get '/ada/shop/-/merge_requests/new'
    assert_select 'select[name="merge_request[source_branch]"] option', 'feature/x'
  end

  test 'conflicts are told' do
    update_file(@project, @user, 'README.md', 'ours', branch: 'feature/x')
    update_file(@project, @user, 'README.md', 'theirs')
    make_merge_request
    get '/ada/shop/-/merge_requests/1'
    assert_select '.alert', 'Merge blocked: merge conflicts must be resolved.'
    post '/ada/shop/-/merge_requests/1/merge', params: { sha: 'x' }
    assert_equal 'Branch cannot be merged', flash[:alert]
  end

  test 'new commits must be seen before they are merged' do
    make_merge_request
    seen = @project.merge_requests.first.diff_head_sha
    update_file(@project, @user, 'new.txt', 'y', branch: 'feature/x')
    post '/ada/shop/-/merge_requests/1/merge', params: { sha: seen }
    assert_match 'new commits', flash[:alert]
    assert @project.merge_requests.first.opened?
  end

  test 'edited, commented on, closed and reopened' do
    make_merge_request
    patch '/ada/shop/-/merge_requests/1', params: { merge_request: { title: 'Draft: later', target_branch: 'main' } }
    follow_redirect!
    assert_select '.alert', /draft/
    post '/ada/shop/-/merge_requests/1/notes', params: { note: { note: 'Why?' } }
    follow_redirect!
    assert_select 'article', /Why\?/
    patch '/ada/shop/-/merge_requests/1', params: { state_event: 'close' }
    assert @project.merge_requests.first.closed?
    patch '/ada/shop/-/merge_requests/1', params: { state_event: 'reopen' }
    assert @project.merge_requests.first.opened?
    get '/ada/shop'
    assert_select '.rows a', '!1 Draft: later'
  end

  test 'a source branch that is gone' do
    make_merge_request
    @project.repository.delete_branch(@user, 'feature/x')
    get '/ada/shop/-/merge_requests/1'
    assert_select '.alert', /does not exist any more/
    assert_select '.diff h3', /new\.txt/
  end

  test 'readers may look and comment, no more' do
    make_merge_request
    sign_in_as(make_user.tap { |user| @project.add_reporter(user) })
    get '/ada/shop/-/merge_requests/1'
    assert_select 'input[value=Merge]', 0
    assert_select 'section[aria-label=Merge]', /someone with write access/
    post '/ada/shop/-/merge_requests/1/merge', params: { sha: @project.merge_requests.first.diff_head_sha }
    assert_response :not_found
    patch '/ada/shop/-/merge_requests/1', params: { state_event: 'close' }
    assert_response :not_found
    get '/ada/shop/-/merge_requests/new'
    assert_response :not_found
  end

  private

  def make_merge_request
    @project.merge_requests.create!(title: 'New file', author: @user, source_branch: 'feature/x', target_branch: 'main')
  end
end
