# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class ApiRefsTest < ApiTest
  include GitHelper

  setup do
    @user = make_user('ada')
    @project = make_code_project(@user)
    @path = "/projects/#{@project.id}/repository"
  end

  test 'a branch is created, shown and deleted, whatever its name' do
    call :post, "#{@path}/branches", as: @user, branch: 'feature/v1.2', ref: 'main'
    assert_response :created
    assert_equal ['feature/v1.2', false, false, true, "#{Gitlab::Settings.base_url}/ada/shop/-/tree/feature/v1.2"],
                 json.values_at('name', 'default', 'protected', 'can_push', 'web_url')

    call :get, "#{@path}/branches/feature%2Fv1.2", as: @user
    assert_equal ['feature/v1.2', true], json.values_at('name', 'merged')
    call :delete, "#{@path}/branches/feature%2Fv1.2", as: @user
    assert_response :no_content
    call :get, "#{@path}/branches/feature%2Fv1.2", as: @user
    assert_refused 404, { 'message' => '404 Branch Not Found' }
  end

  test 'lists' do
    %w[one two].each { |name| @project.repository.create_branch(@user, name, 'main') }
    assert_equal %w[main one two], call(:get, "#{@path}/branches", as: @user).pluck('name')
    assert_equal '3', response.headers['x-total']
    assert_equal [true, true], json.first.values_at('default', 'protected')
    assert_equal ['two'], call(:get, "#{@path}/branches", as: @user, search: '^t').pluck('name')
    assert_equal %w[one], call(:get, "#{@path}/branches", as: @user, page: 2, per_page: 1).pluck('name')
  end

  test 'mistakes with branches' do
    call :post, "#{@path}/branches", as: @user, branch: 'main', ref: 'main'
    assert_refused 400, { 'message' => 'Branch already exists' }
    call :post, "#{@path}/branches", as: @user, branch: 'x', ref: 'nowhere'
    assert_refused 400, { 'message' => 'Invalid reference name: nowhere' }
    call :post, "#{@path}/branches", as: @user, branch: 'a b', ref: 'main'
    assert_refused 400, { 'message' => 'Branch name is invalid' }
    call :delete, "#{@path}/branches/main", as: @user
    assert_refused 400, { 'message' => 'The default branch of a project cannot be deleted.' }
  end

  test 'tags' do
    call :post, "#{@path}/tags", as: @user, tag_name: 'v1.0', ref: 'main', message: 'First'
    assert_response :created
    assert_equal %w[v1.0 First], json.values_at('name', 'message')
    assert_equal @project.repository.commit('main').id, json.dig('commit', 'id')
    assert_not_equal json.dig('commit', 'id'), json['target']

    call :post, "#{@path}/tags", as: @user, tag_name: 'v1.0', ref: 'main'
    assert_refused 400, { 'message' => 'Tag v1.0 already exists' }
    call :post, "#{@path}/tags", as: @user, tag_name: 'v2', ref: 'nowhere'
    assert_refused 400, { 'message' => 'Target nowhere is invalid' }
    call :post, "#{@path}/tags", as: @user, tag_name: 'light', ref: 'main'
    assert_equal [json.dig('commit', 'id'), ''], json.values_at('target', 'message')

    assert_equal %w[light v1.0], call(:get, "#{@path}/tags", as: @user).pluck('name').sort
    call :delete, "#{@path}/tags/v1.0", as: @user
    assert_response :no_content
    call :get, "#{@path}/tags/v1.0", as: @user
    assert_refused 404, { 'message' => '404 Tag Not Found' }
  end

  test 'comparisons' do
    commit_files(@project, @user, { 'new.txt' => "x\n" }, branch: 'topic', start: 'main', message: 'New')
    call :get, "#{@path}/compare", as: @user, from: 'main', to: 'topic'
    assert_equal [['New'], ['new.txt'], false, 'New'],
                 [json['commits'].pluck('title'), json['diffs'].pluck('new_path'), json['compare_same_ref'], json['commit']['title']]
    call :get, "#{@path}/compare", as: @user, from: 'main', to: 'nowhere'
    assert_refused 404, { 'message' => '404 Ref Not Found' }

    call :get, "#{@path}/merge_base", as: @user, refs: %w[main topic]
    assert_equal @project.repository.commit('main').id, json['id']
    call :get, "#{@path}/merge_base", as: @user, refs: %w[main no]
    assert_refused 400, { 'message' => 'Could not find ref: no' }
  end

  test 'trees, also in pages' do
    assert_equal [['docs', 'tree', '040000'], ['README.md', 'blob', '100644'], ['app.rb', 'blob', '100644']],
                 call(:get, "#{@path}/tree", as: @user).map { |entry| entry.values_at('path', 'type', 'mode') }
    assert_equal '3', response.headers['x-total']
    assert_includes call(:get, "#{@path}/tree", as: @user, recursive: true).pluck('path'), 'docs/manual.md'
    assert_equal ['docs/manual.md'], call(:get, "#{@path}/tree", as: @user, path: 'docs/').pluck('path')

    assert_equal ['docs'], call(:get, "#{@path}/tree", as: @user, pagination: 'keyset', per_page: 1).pluck('path')
    following = CGI.unescape(response.headers['link'][/page_token=([^&>]+)/, 1])
    assert_equal ['README.md'], call(:get, "#{@path}/tree", as: @user, pagination: 'keyset', per_page: 1, page_token: following).pluck('path')

    call :get, "#{@path}/tree", as: @user, path: 'no'
    assert_refused 404, { 'message' => '404 invalid revision or path Not Found' }
    call :get, "#{@path}/tree", as: @user, ref: 'no'
    assert_refused 404, { 'message' => '404 Tree Not Found' }
  end

  test 'archives and blobs are left to Workhorse' do
    { 'archive' => 'tar.gz', 'archive.zip' => 'zip', 'archive.tar.bz2' => 'tar.bz2' }.each do |address, format|
      call :get, "#{@path}/#{address}", as: @user, sha: 'main'
      kind, data = response.headers['gitlab-workhorse-send-data'].split(':')
      message = JSON.parse(Base64.urlsafe_decode64(data))
      id = @project.repository.commit('main').id
      assert_equal ['git-archive', format, id, "shop-main-#{id}"], [kind, *message.values_at('Format', 'CommitId', 'ArchivePrefix')]
      assert_match(/attachment; filename="shop-main-#{id}\.#{format}"/, response.headers['content-disposition'])
    end
    blob = @project.repository.blob_at('main', 'docs/manual.md')
    assert_equal [7, Base64.strict_encode64("Manual\n")], call(:get, "#{@path}/blobs/#{blob.id}", as: @user).values_at('size', 'content')
    call :get, "#{@path}/blobs/#{'0' * 40}", as: @user
    assert_refused 404, { 'message' => '404 Blob Not Found' }
    call :get, "#{@path}/archive.rar", as: @user
    assert_response :not_found
  end

  test 'an empty repository' do
    project = make_project(@user.namespace, path: 'empty')
    path = "/projects/#{project.id}/repository"
    assert_empty call(:get, "#{path}/branches", as: @user)
    assert_empty call(:get, "#{path}/tags", as: @user)
    call :get, "#{path}/tree", as: @user
    assert_refused 404, { 'message' => '404 Tree Not Found' }
    assert_equal [true, 'main'], call(:get, "/projects/#{project.id}", as: @user).values_at('empty_repo', 'default_branch')
  end

  test 'a project is created with a README and its default branch changed' do
    call :post, '/projects', as: @user, name: 'Fresh', initialize_with_readme: true, default_branch: 'trunk'
    assert_equal ['trunk', false, "#{Gitlab::Settings.base_url}/ada/fresh/-/blob/trunk/README.md"],
                 call(:get, "/projects/#{json['id']}", as: @user).values_at('default_branch', 'empty_repo', 'readme_url')
    project = Project.find(json['id'])
    project.repository.create_branch(@user, 'next', 'trunk')
    assert_equal 'next', call(:put, "/projects/#{project.id}", as: @user, default_branch: 'next')['default_branch']
    call :put, "/projects/#{project.id}", as: @user, default_branch: 'gone'
    assert_refused 400, { 'message' => { 'base' => ["Could not change HEAD: branch 'gone' does not exist"] } }
  end

  test 'contributors' do
    assert_equal [['Ada', 'ada@example.com', 1]], call(:get, "#{@path}/contributors", as: @user).map { |one| one.values_at('name', 'email', 'commits') }
  end
end
