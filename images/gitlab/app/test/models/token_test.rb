# frozen_string_literal: true

require 'test_helper'

class TokenTest < ActiveSupport::TestCase
  test 'a token is known once and stored as a digest' do
    token = make_token(make_user)

    assert_match(/\Aglpat-\w{20}\z/, token.token)
    assert_equal token, PersonalAccessToken.find_by_token(token.token)
    assert_nil PersonalAccessToken.find(token.id).token
    assert_not_includes token.attributes.values.map(&:to_s), token.token
  end

  test 'set_token chooses the token' do
    token = make_token(make_user)
    token.set_token('glpat-chosen-by-a-script')
    token.save!

    assert_equal token, PersonalAccessToken.find_by_token('glpat-chosen-by-a-script')
    assert token.token_matches?('glpat-chosen-by-a-script')
    assert_not token.token_matches?('glpat-another')
  end

  test 'unknown scopes and none are refused' do
    [['root'], []].each { |scopes| assert_not PersonalAccessToken.new(name: 'x', user: make_user, scopes: scopes).valid? }
  end

  test 'expires at the beginning of its last day' do
    assert PersonalAccessToken.new(expires_at: Date.current).expired?
    assert_not PersonalAccessToken.new(expires_at: Date.tomorrow).expired?
  end

  test 'another db_key_base makes a token unknown' do
    token = make_token(make_user).token

    replacing(Gitlab::CryptoHelper, :key, 'x' * 32) { assert_nil PersonalAccessToken.find_by_token(token) }
  end
end
