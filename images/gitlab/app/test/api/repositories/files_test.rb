# frozen_string_literal: true

require 'test_helper'
require 'support/git_helper'

class ApiFilesTest < ApiTest
  include GitHelper

  setup do
    @user = make_user('ada')
    @project = make_code_project(@user)
    @path = "/projects/#{@project.id}/repository/files"
  end

  test 'a file with its content and its facts' do
    call :get, "#{@path}/docs%2Fmanual.md", as: @user, ref: 'main'

    head = @project.repository.commit('main').id
    assert_equal ['manual.md', 'docs/manual.md', 7, 'base64', 'main', head, head, false],
                 json.values_at('file_name', 'file_path', 'size', 'encoding', 'ref', 'commit_id', 'last_commit_id', 'execute_filemode')
    assert_equal "Manual\n", Base64.decode64(json['content'])
    assert_equal Digest::SHA256.hexdigest("Manual\n"), json['content_sha256']
    assert_equal ['manual.md', '7', json['blob_id']], response.headers.values_at('x-gitlab-file-name', 'x-gitlab-size', 'x-gitlab-blob-id')
  end

  test 'its facts alone' do
    call :head, "#{@path}/docs%2Fmanual.md", as: @user, ref: 'main'

    assert_response :ok
    assert_equal ['docs/manual.md', '7', 'main'], response.headers.values_at('x-gitlab-file-path', 'x-gitlab-size', 'x-gitlab-ref')
  end

  test 'the raw content is left to Workhorse' do
    call :get, "#{@path}/docs%2Fmanual.md/raw", as: @user

    kind, data = response.headers['gitlab-workhorse-send-data'].split(':')
    message = JSON.parse(Base64.urlsafe_decode64(data))
    assert_equal 'git-blob', kind
    assert_equal @project.repository.relative_path, message.dig('GetBlobRequest', 'repository', 'relative_path')
    assert_equal [-1, @project.repository.blob_at('main', 'docs/manual.md').id], message['GetBlobRequest'].values_at('limit', 'oid')
    assert_equal 'nosniff', response.headers['x-content-type-options']
  end

  test 'created, changed and deleted' do
    change :post, 'new.txt', content: 'one'
    assert_response :created
    assert_equal({ 'file_path' => 'new.txt', 'branch' => 'main' }, json)

    change :put, 'new.txt', content: Base64.strict_encode64("\0two"), encoding: 'base64'
    assert_response :ok
    assert_equal "\0two", @project.repository.blob_at('main', 'new.txt').data

    change :delete, 'new.txt'
    assert_response :no_content
    assert_nil @project.repository.blob_at('main', 'new.txt')
  end

  test 'the commit is its author\'s, who may be another' do
    change :post, 'new.txt', content: 'x', author_name: 'Grace', author_email: 'grace@example.com'
    commit = @project.repository.commit('main')

    assert_equal %w[Grace grace@example.com Ada ada@example.com],
                 [commit.author_name, commit.author_email, commit.committer_name, commit.committer_email]
  end

  test 'into a new branch' do
    change :post, 'new.txt', branch: 'feature/x', start_branch: 'main', content: 'x'
    assert_response :created
    assert_nil @project.repository.blob_at('main', 'new.txt')
    assert_equal 'x', @project.repository.blob_at('feature/x', 'new.txt').data
  end

  test 'mistakes' do
    change :post, 'README.md', content: 'x'
    assert_refused 400, { 'message' => 'A file with this name already exists' }
    change :put, 'no.txt', content: 'x'
    assert_refused 400, { 'message' => "A file with this name doesn't exist" }
    change :delete, 'no.txt'
    assert_refused 400, { 'message' => "A file with this name doesn't exist" }
    change :post, 'new.txt', branch: 'nowhere', content: 'x'
    assert_refused 400, { 'message' => 'You can only create or edit files when you are on a branch' }
    call :post, "#{@path}/new.txt", as: @user, branch: 'main'
    assert_refused 400, { 'error' => 'commit_message is missing, content is missing' }
    change :put, 'README.md', content: 'x', last_commit_id: '0' * 40
    assert_refused 400, { 'message' => 'You are attempting to update a file that has changed since you started editing it.' }
    change :post, '..%2Fx', content: 'x'
    assert_response :bad_request
  end

  test 'not found' do
    call :get, "#{@path}/no.txt", as: @user, ref: 'main'
    assert_refused 404, { 'message' => '404 File Not Found' }
    call :get, "#{@path}/README.md", as: @user, ref: 'no'
    assert_refused 404, { 'message' => '404 Commit Not Found' }
    call :get, "#{@path}/docs", as: @user, ref: 'main'
    assert_refused 404, { 'message' => '404 File Not Found' }
  end

  test 'a protected branch is for those whom it lets in' do
    eve = make_user('eve')
    @project.add_developer(eve)
    call :post, "#{@path}/new.txt", as: eve, branch: 'main', commit_message: 'm', content: 'x'
    assert_refused 400, { 'message' => 'You are not allowed to push code to protected branches on this project.' }

    call :post, "#{@path}/new.txt", as: make_user, branch: 'main', commit_message: 'm', content: 'x'
    assert_response :not_found
  end

  test 'paths in any alphabet, and large files' do
    text = 'x' * 3.megabytes
    change :post, ERB::Util.url_encode('übung/日本 語.txt'), content: text
    assert_response :created

    call :get, "#{@path}/#{ERB::Util.url_encode('übung/日本 語.txt')}", as: @user, ref: 'main'
    assert_equal ['übung/日本 語.txt', 3.megabytes], json.values_at('file_path', 'size')
    assert_equal text, Base64.decode64(json['content'])
  end

  private

  def change(verb, file, branch: 'main', commit_message: 'Change', **)
    call verb, "#{@path}/#{file}", as: @user, branch: branch, commit_message: commit_message, **
  end
end
