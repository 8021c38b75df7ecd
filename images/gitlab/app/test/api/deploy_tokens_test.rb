# frozen_string_literal: true

require 'test_helper'

class ApiDeployTokensTest < ApiTest
  setup do
    @ada = make_user('ada')
    @project = make_project(@ada.namespace, path: 'shop')
    @path = "/projects/#{@project.id}/deploy_tokens"
  end

  test 'made, listed and revoked' do
    made = make
    assert_response :created
    assert_match(/\Agldt-/, made['token'])
    assert_equal ["gitlab+deploy-token-#{made['id']}", %w[read_repository], false, false], made.values_at('username', 'scopes', 'revoked', 'expired')
    assert_equal [made.except('token')], call(:get, @path, as: @ada)
    assert_equal made['id'], call(:get, "#{@path}/#{made['id']}", as: @ada)['id']
    call :delete, "#{@path}/#{made['id']}", as: @ada
    assert_response :no_content
    assert_equal [], call(:get, @path, as: @ada, active: true)
    assert_equal [true], call(:get, '/deploy_tokens', as: make_admin).pluck('revoked')
  end

  test 'refusals' do
    make(scopes: %w[everything])
    assert_refused 400, { 'message' => { 'scopes' => ['can only contain available scopes'] } }
    call :post, @path, as: @ada, name: 'x'
    assert_refused 400, { 'error' => 'scopes is missing' }
    call :get, @path, as: make_user.tap { |user| @project.add_developer(user) }
    assert_refused 403, { 'message' => '403 Forbidden' }
    call :get, "#{@path}/0", as: @ada
    assert_refused 404, { 'message' => '404 Deploy Token Not Found' }
    call :get, '/deploy_tokens', as: @ada
    assert_response :forbidden
  end

  test 'it fetches from its project, and nothing more' do
    token = make(username: 'ci')
    other = make_project(@ada.namespace, path: 'other')
    assert_equal [200, 403], [ask('git-upload-pack', 'ci', token['token']), ask('git-receive-pack', 'ci', token['token'])]
    assert_equal 'You are not allowed to upload code.', response.body
    assert_equal 404, ask('git-upload-pack', 'ci', token['token'], project: other)
    assert_equal 401, ask('git-upload-pack', 'ada', token['token'])
    DeployToken.update_all(expires_at: 1.minute.ago)
    assert_equal 401, ask('git-upload-pack', 'ci', token['token'])
    assert_equal 403, ask('git-upload-pack', 'img', make(username: 'img', scopes: %w[read_registry])['token'])
    assert_equal 404, ask('git-upload-pack', 'ci', make(username: 'ci')['token'], project: other.tap { |one| one.update!(visibility: 'public') })
  end

  private

  def make(scopes: %w[read_repository], **) = call(:post, @path, as: @ada, name: 'reads', scopes: scopes, **)

  def ask(service, name, password, project: @project)
    post "/#{project.full_path}.git/#{service}",
         headers: { 'Gitlab-Workhorse-Api-Request' => Gitlab::JwtSecret.workhorse.sign,
                    'Authorization' => ActionController::HttpAuthentication::Basic.encode_credentials(name, password) }
    status
  end
end
