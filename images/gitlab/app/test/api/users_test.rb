# frozen_string_literal: true

require 'test_helper'

class UsersTest < ApiTest
  NEW = { name: 'Eve', username: 'eve', email: 'eve@example.com', password: 'long enough' }.freeze

  setup { @admin = make_admin }

  test 'an administrator makes a user, who is mailed' do
    call :post, '/users', as: @admin, **NEW

    assert_response :created
    assert_equal ['eve', 'active', nil], json.values_at('username', 'state', 'confirmation_sent_at')
  end

  test 'others may not' do
    call :post, '/users', as: make_user, **NEW
    assert_refused 403, { 'message' => '403 Forbidden' }
  end

  test 'what is missing and what is taken' do
    call :post, '/users', as: @admin, name: 'x'
    assert_refused 400, { 'error' => 'email is missing, username is missing' }
    call :post, '/users', as: @admin, **NEW.except(:password)
    assert_response :bad_request
    call :post, '/users', as: @admin, **NEW
    call :post, '/users', as: @admin, **NEW
    assert_refused 409, { 'message' => 'Email has already been taken' }
    call :post, '/users', as: @admin, **NEW, email: 'e2@example.com'
    assert_refused 409, { 'message' => 'Username has already been taken' }
    call :post, '/users', as: @admin, **NEW, username: 'x', email: 'x@example.com', password: 'short'
    assert_refused 400, { 'message' => { 'password' => ['is too short (minimum is 8 characters)'] } }
  end

  test 'private fields are for oneself and for administrators' do
    ada = make_user('ada')
    assert_nil call(:get, "/users/#{ada.id}", as: make_user)['email']
    assert_equal 'ada@example.com', call(:get, "/users/#{ada.id}", as: @admin)['email']
    assert_equal 'ada@example.com', call(:get, '/user', as: ada)['email']
    assert_nil json['is_admin']
    call :get, '/users/999999', as: ada
    assert_refused 404, { 'message' => '404 User Not Found' }
  end

  test 'lists, by name, in pages' do
    make_user('ada')
    assert_equal ['ada'], call(:get, '/users', as: @admin, username: 'ADA').pluck('username')
    assert_equal 1, call(:get, '/users', as: @admin, per_page: 1).size
    assert_equal %w[2 2], response.headers.values_at('x-total', 'x-total-pages')
  end

  test 'a visitor may not list' do
    call :get, '/users'
    assert_refused 403, { 'message' => '403 Forbidden - Not authorized to access /api/v4/users' }
  end

  test 'block and unblock' do
    user = make_user
    call :post, "/users/#{user.id}/block", as: @admin
    assert user.reload.blocked?
    call :post, "/users/#{user.id}/unblock", as: @admin
    assert user.reload.active?
  end

  test 'an administrator makes a token for a user' do
    user = make_user
    call :post, "/users/#{user.id}/personal_access_tokens", as: @admin, name: 'seed', scopes: ['api']
    assert_equal user, PersonalAccessToken.find_by_token(json['token']).user
    call :post, "/users/#{user.id}/personal_access_tokens", as: user, name: 'seed', scopes: ['api']
    assert_response :forbidden
  end
end
