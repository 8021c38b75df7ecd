# frozen_string_literal: true

require 'test_helper'

class AuthenticationTest < ApiTest
  setup do
    @user = make_user('ada')
    @token = make_token(@user).token
  end

  test 'the three places of a token' do
    get '/api/v4/user', headers: { 'PRIVATE-TOKEN' => @token }
    assert_equal 'ada', json['username']
    get '/api/v4/user', headers: { 'Authorization' => "Bearer #{@token}" }
    assert_response :ok
    get "/api/v4/user?private_token=#{@token}"
    assert_response :ok
  end

  test 'none, a wrong one and a blocked user\'s' do
    unauthorized = { 'message' => '401 Unauthorized' }
    call :get, '/user'
    assert_refused 401, unauthorized
    call :get, '/user', as: 'glpat-nonsense'
    assert_refused 401, unauthorized
    @user.block!
    call :get, '/user', as: @token
    assert_refused 401, unauthorized
  end

  test 'revoked and expired tokens say so' do
    make_token(@user).tap(&:revoke!).then { |token| call :get, '/user', as: token.token }
    assert_equal [401, 'invalid_token'], [status, json['error']]
    make_token(@user, expires_at: Date.yesterday).then { |token| call :get, '/user', as: token.token }
    assert_match 'expired', json['error_description']
  end

  test 'a token of reading scope cannot write' do
    reader = make_token(@user, scopes: ['read_api']).token
    call :get, '/projects', as: reader
    assert_response :ok
    call :post, '/projects', as: reader, name: 'x'
    assert_equal [403, 'insufficient_scope', 'api'], [status, json['error'], json['scope']]
  end

  test 'read_user reads users only' do
    reader = make_token(@user, scopes: ['read_user']).token
    call :get, '/user', as: reader
    assert_response :ok
    call :get, '/projects', as: reader
    assert_response :forbidden
  end

  test 'oauth password grant' do
    post '/oauth/token', params: { grant_type: 'password', username: 'ada', password: Factories::PASSWORD }
    assert_equal %w[access_token token_type expires_in scope created_at], json.keys
    get '/api/v4/user', headers: { 'Authorization' => "Bearer #{json['access_token']}" }
    assert_equal 'ada', json['username']
  end

  test 'an oauth token ends after two hours' do
    post '/oauth/token', params: { grant_type: 'password', username: 'ada', password: Factories::PASSWORD }
    token = json['access_token']
    travel 2.hours + 1.second
    get '/api/v4/user', headers: { 'Authorization' => "Bearer #{token}" }

    assert_response :unauthorized
  end

  test 'oauth refusals' do
    post '/oauth/token', params: { grant_type: 'password', username: 'ada', password: 'wrong' }
    assert_equal [400, 'invalid_grant'], [status, json['error']]
    post '/oauth/token', params: { grant_type: 'client_credentials' }
    assert_equal [400, 'unsupported_grant_type'], [status, json['error']]
  end

  test 'last use is remembered' do
    call :get, '/user', as: @token

    assert PersonalAccessToken.find_by_token(@token).last_used_at
  end
end
