# frozen_string_literal: true

require 'test_helper'

class TokensTest < ApiTest
  setup { @user = make_user }

  test 'a token about itself' do
    call :get, '/personal_access_tokens/self', as: @user

    assert_equal ['test', true, ['api'], 10.days.from_now.to_date.iso8601], json.values_at('name', 'active', 'scopes', 'expires_at')
    assert_nil json['token']
  end

  test 'one sees and revokes only what is one\'s own' do
    mine = make_token(@user)
    other = make_token(make_user)
    assert_not_includes call(:get, '/personal_access_tokens', as: @user).pluck('id'), other.id
    call :delete, "/personal_access_tokens/#{other.id}", as: @user
    assert_refused 404, { 'message' => '404 Not Found' }
    call :delete, "/personal_access_tokens/#{mine.id}", as: @user
    assert_response :no_content
    assert mine.reload.revoked?
  end

  test 'created with scopes in either spelling' do
    call :post, '/personal_access_tokens', as: @user, name: 'a', scopes: 'api,read_user'
    assert_equal %w[api read_user], json['scopes']
    call :post, '/personal_access_tokens', as: @user, name: 'b'
    assert_refused 400, { 'error' => 'scopes is missing' }
    call :post, '/personal_access_tokens', as: @user, name: 'b', scopes: ['nonsense']
    assert_response :unprocessable_entity
  end
end
