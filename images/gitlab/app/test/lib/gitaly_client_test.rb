# frozen_string_literal: true

require 'test_helper'

class GitalyClientTest < ActiveSupport::TestCase
  test 'the token is proved, not sent' do
    assert_equal "v2.#{OpenSSL::HMAC.hexdigest('SHA256', 'secret', '1700000000')}.1700000000",
                 Gitlab::GitalyClient::Metadata.authorization('secret', '1700000000')
  end

  test 'a wrong token is refused, in gRPC\'s words' do
    repository = make_project.repository
    error = replacing(Gitlab::GitalyClient, :token, 'wrong') { assert_raises(Gitlab::Git::PermissionDenied) { repository.exists? } }

    assert_kind_of GRPC::BadStatus, error.cause
    assert_match(/\A(7|16):/, error.message)
  end

  test 'an unknown storage and a lost repository have names' do
    assert_raises(Gitlab::Git::UnknownStorage) { Gitlab::GitalyClient.address('other') }
    project = make_project
    project.repository.remove
    assert_raises(Gitlab::Git::NoRepository) { project.repository.empty? }
    assert_nil project.repository.remove
  end

  test 'calls are counted' do
    project = make_project
    Current.reset
    2.times { project.repository.exists? }

    assert_equal 2, Current.gitaly_calls
    assert_operator Current.gitaly_seconds, :>, 0
  end

  test 'a process that asks nothing has no gRPC' do
    script = 'require "./config/environment"; Project; Repository; Gitlab::GitalyClient; exit defined?(GRPC) ? 1 : 0'

    assert system({ 'RAILS_ENV' => 'test' }, RbConfig.ruby, '-e', script, chdir: Rails.root.to_s)
  end
end
