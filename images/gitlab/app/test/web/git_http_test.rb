# frozen_string_literal: true

require 'test_helper'

# What Workhorse asks before it speaks to Gitaly.
class GitHttpTest < ActionDispatch::IntegrationTest
  setup do
    @ada = make_user('ada')
    @project = make_project(@ada.namespace, path: 'shop')
  end

  test 'a password opens, and the answer says where' do
    ask(:get, 'info/refs?service=git-upload-pack', @ada.username, Factories::PASSWORD)

    assert_equal [200, 'application/vnd.gitlab-workhorse+json'], [status, response.media_type]
    assert_equal ["user-#{@ada.id}", 'ada', "project-#{@project.id}"], body.values_at('GL_ID', 'GL_USERNAME', 'GL_REPOSITORY')
    assert_equal({ 'address' => GitalyServer.address, 'token' => 'test-token', 'call_metadata' => {} }, body['GitalyServer'])
    assert_equal [@project.repository.relative_path, 'ada/shop', ''], body['Repository'].values_at('relative_path', 'gl_project_path', 'git_object_directory')
  end

  test 'only Workhorse is answered' do
    ['', 'nonsense'].each do |token|
      get '/ada/shop.git/info/refs?service=git-upload-pack', headers: { 'Gitlab-Workhorse-Api-Request' => token, 'Authorization' => basic('ada', Factories::PASSWORD) }
      assert_equal [403, 'Forbidden'], [status, response.body]
    end
  end

  test 'tokens do what their scopes say' do
    { %w[api] => [200, 200], %w[write_repository] => [200, 200], %w[read_repository] => [200, 403], %w[read_api] => [200, 403], %w[read_user] => [403, 403] }.each do |scopes, expected|
      token = make_token(@ada, scopes: scopes).token
      assert_equal expected, (%w[git-upload-pack git-receive-pack].map { |service| ask(:post, service, 'any', token) }), scopes.first
    end
    assert_equal 'You are not allowed to download code.', response.body.sub('upload', 'download')
  end

  test 'wrong, none, revoked and blocked are asked again' do
    revoked = make_token(@ada).tap(&:revoke!).token
    [%w[ada wrong], [nil, nil], ['ada', revoked]].each do |name, password|
      assert_equal 401, ask(:get, 'info/refs?service=git-upload-pack', name, password)
      assert_equal 'Basic realm="GitLab"', response.headers['WWW-Authenticate']
      assert_match 'HTTP Basic: Access denied.', response.body
    end
    @ada.block!
    assert_equal 401, ask(:post, 'git-upload-pack', 'ada', Factories::PASSWORD)
  end

  test 'anybody fetches what is public, and pushes with a name only' do
    @project.update!(visibility: 'public')
    assert_equal [200, 200, 401, 401],
                 (%w[info/refs?service=git-upload-pack git-upload-pack info/refs?service=git-receive-pack git-receive-pack].map { |path| ask(path.start_with?('info') ? :get : :post, path) })
    assert_equal [403, 'You are not allowed to push code to this project.'], [ask(:post, 'git-receive-pack', make_user('eve').username, Factories::PASSWORD), response.body]
  end

  test 'what one may not see is not found' do
    make_user('eve')
    %w[/ada/shop.git /ada/none.git].each do |path|
      assert_equal 404, ask(:get, 'info/refs?service=git-upload-pack', 'eve', Factories::PASSWORD, repository: path)
      assert_equal Gitlab::GitAccess::MESSAGES[:project_not_found], response.body
    end
  end

  test 'other services are none' do
    assert_equal 403, ask(:get, 'info/refs?service=rm', 'ada', Factories::PASSWORD)
  end

  test 'an address without .git is sent on' do
    get '/ada/shop/info/refs?service=git-upload-pack'

    assert_redirected_to '/ada/shop.git/info/refs?service=git-upload-pack'
  end

  test 'large file storage is refused in its own words' do
    post '/ada/shop.git/info/lfs/objects/batch'

    assert_equal [501, 'application/vnd.git-lfs+json'], [status, response.media_type]
    assert_match 'Git LFS is not enabled', response.body
  end

  private

  def ask(verb, path, name = nil, password = nil, repository: '/ada/shop.git')
    headers = { 'Gitlab-Workhorse-Api-Request' => Gitlab::JwtSecret.workhorse.sign }
    headers['Authorization'] = basic(name, password) if name
    public_send(verb, "#{repository}/#{path}", headers: headers)
    status
  end

  def basic(name, password) = ActionController::HttpAuthentication::Basic.encode_credentials(name, password)
  def body = JSON.parse(response.body)
end
