# frozen_string_literal: true

require 'test_helper'

class PersonalAccessTokensTest < WebTest
  PATH = '/-/user_settings/personal_access_tokens'

  setup { sign_in_as(@user = make_user) }

  test 'a token is shown once' do
    post PATH, params: { personal_access_token: { name: 'cli', scopes: %w[api], expires_at: 5.days.from_now.to_date } }
    secret = css_select('#created-token').first['value']

    assert_equal @user, PersonalAccessToken.find_by_token(secret).user
    get PATH
    assert_not_includes response.body, secret
    assert_select 'th', 'cli'
  end

  test 'a token without a scope is refused' do
    post PATH, params: { personal_access_token: { name: 'cli' } }

    assert_response :unprocessable_entity
    assert_select '.error', /Scopes/
  end

  test 'one revokes only what is one\'s own' do
    mine = make_token(@user)
    other = make_token(make_user('other'))
    [mine, other].each { |token| put "#{PATH}/#{token.id}/revoke" }

    assert mine.reload.revoked?
    assert_not other.reload.revoked?
  end
end
