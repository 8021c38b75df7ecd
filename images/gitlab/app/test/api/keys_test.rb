# frozen_string_literal: true

require 'test_helper'

class ApiKeysTest < ApiTest
  include ShellHelper

  # Made with ssh-keygen, which printed these fingerprints.
  KNOWN = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAyMmYWwwh0Ot+Xgx6TBDYaFvdPqY5xhnVyUsPxlJ1qD'

  setup { @ada = make_user('ada') }

  test 'added, listed, read and removed' do
    call :post, '/user/keys', as: @ada, title: 'laptop', key: "#{KNOWN} ada@laptop"
    assert_response :created
    id = json['id']
    assert_equal ["command=\"#{GitalyServer.path('shell')}/bin/gitlab-shell key-#{id}\",no-port-forwarding,no-X11-forwarding,no-agent-forwarding,no-pty #{KNOWN}\n"],
                 after_work { authorized_keys }

    assert_equal [id], call(:get, '/user/keys', as: @ada).pluck('id')
    assert_equal 'laptop', call(:get, '/users/ada/keys').first['title']
    call :delete, "/user/keys/#{id}", as: @ada
    assert_response :no_content
    assert_match(/\A#+\n\z/, after_work { authorized_keys }.join)
  end

  test 'what is no key, and what is taken' do
    call :post, '/user/keys', as: @ada, title: 'x', key: 'nonsense'
    assert_refused 400, { 'message' => { 'key' => ['is invalid'], 'fingerprint_sha256' => ['cannot be generated'] } }
    call :post, '/user/keys', as: @ada, title: 'x', key: 'ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAyMmYWwwh0Ot+Xgx6TBDYaFvdPqY5xhnVyUsPxlJ1qD'
    assert_refused 400, { 'message' => { 'fingerprint_sha256' => ['cannot be generated'] } }
    make_user('eve').keys.create!(title: 'x', key: KNOWN)
    call :post, '/user/keys', as: @ada, title: 'x', key: KNOWN
    assert_refused 400, { 'message' => { 'fingerprint_sha256' => ['has already been taken'] } }
    call :post, '/user/keys', as: @ada
    assert_refused 400, { 'error' => 'key is missing, title is missing' }
  end

  test 'an administrator adds for others, a user does not' do
    call :post, "/users/#{@ada.id}/keys", as: make_admin, title: 'x', key: KNOWN
    assert_equal @ada.id, Key.last.user_id
    call :post, "/users/#{@ada.id}/keys", as: make_user, title: 'x', key: public_key
    assert_refused 403, { 'message' => '403 Forbidden' }
  end

  test 'found by fingerprint' do
    key = @ada.keys.create!(title: 'x', key: KNOWN)
    admin = make_admin
    [key.fingerprint, "MD5:#{key.fingerprint}", "SHA256:#{key.fingerprint_sha256}"].each do |fingerprint|
      assert_equal 'ada', call(:get, '/keys', as: admin, fingerprint: fingerprint).dig('user', 'username'), fingerprint
    end
    assert_equal key.id, call(:get, "/keys/#{key.id}", as: admin)['id']
    call :get, '/keys', as: @ada, fingerprint: key.fingerprint
    assert_response :forbidden
  end

  test 'deploy keys' do
    project = make_project(@ada.namespace)
    other = make_project(@ada.namespace)
    path = "/projects/#{project.id}/deploy_keys"
    call :post, path, as: @ada, title: 'ci', key: KNOWN, can_push: true
    assert_equal ['ci', true], json.values_at('title', 'can_push')
    id = json['id']

    call :post, "/projects/#{other.id}/deploy_keys/#{id}/enable", as: @ada
    assert_equal [201, id, false], [status, json['id'], json['can_push']]
    call :put, "#{path}/#{id}", as: @ada, can_push: false
    assert_equal false, json['can_push']
    assert_equal [[id], [id]], ['/deploy_keys', path].map { |list| call(:get, list, as: make_admin).pluck('id') }

    call :delete, "#{path}/#{id}", as: @ada
    assert DeployKey.exists?(id)
    call :delete, "/projects/#{other.id}/deploy_keys/#{id}", as: @ada
    assert_not DeployKey.exists?(id)
  end

  test 'deploy keys are for maintainers, and a user\'s key is none' do
    project = make_project(visibility: 'public')
    call :get, "/projects/#{project.id}/deploy_keys", as: @ada
    assert_refused 403, { 'message' => '403 Forbidden' }
    @ada.keys.create!(title: 'x', key: KNOWN)
    project.add_maintainer(@ada)
    call :post, "/projects/#{project.id}/deploy_keys", as: @ada, title: 'x', key: KNOWN
    assert_refused 400, { 'message' => { 'fingerprint_sha256' => ['has already been taken'] } }
  end

  test 'a project takes its deploy key along' do
    project = make_project(@ada.namespace)
    call :post, "/projects/#{project.id}/deploy_keys", as: @ada, title: 'ci', key: KNOWN
    ProjectDestroyWorker.new.perform(project.id)

    assert_equal [0, 0], [DeployKey.count, DeployKeysProject.count]
    assert_not project.repository.exists?
  end

  private

  def authorized_keys = File.readlines(GitalyServer.path('authorized_keys'))

  def after_work
    AuthorizedKeysWorker.drain
    yield
  ensure
    FileUtils.rm_f(GitalyServer.path('authorized_keys')) if authorized_keys.all?(/\A#/)
  end
end
