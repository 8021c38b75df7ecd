# frozen_string_literal: true

require 'test_helper'

class SessionsTest < WebTest
  test 'the front page sends a visitor to the sign-in page' do
    get '/'

    assert_redirected_to '/users/sign_in'
  end

  test 'the sign-in page has its labels, tied to their fields' do
    get '/users/sign_in'

    assert_response :ok
    assert_select 'label[for=user_login]', 'Username or primary email'
    assert_select 'label[for=user_password]', 'Password'
    assert_select 'main h1', 'Sign in'
  end

  test 'signing in by name and by email leads to where one wanted to go' do
    user = make_user
    get '/projects'
    sign_in_as(user)

    assert_redirected_to '/projects'
    assert_equal 1, user.reload.sign_in_count
  end

  test 'what a browser asks for by itself is not where one wanted to go' do
    user = make_user
    get '/projects'
    get '/apple-touch-icon.png', headers: { 'Accept' => 'image/avif,image/webp,*/*;q=0.8' }
    sign_in_as(user)

    assert_redirected_to '/projects'
  end

  test 'a wrong password says so, and auth_json.log remembers' do
    make_user('ada')
    lines = log_lines('auth') { post '/users/sign_in', params: { user: { login: 'ada', password: 'wrong' } } }

    assert_response :unprocessable_entity
    assert_select '[role=alert]', 'Invalid login or password.'
    assert_equal ['Failed Login', 'ada'], lines.last.values_at('message', 'username')
  end

  test 'a blocked user stays out, also with an open session' do
    user = make_user
    sign_in_as(user)
    user.block!
    get '/'

    assert_redirected_to '/users/sign_in'
    sign_in_as(user)
    assert_response :unprocessable_entity
  end

  test 'signing out ends the session' do
    sign_in_as(make_user)
    post '/users/sign_out'
    get '/projects'

    assert_redirected_to '/users/sign_in'
  end

  test 'a form without its token is refused' do
    with_forgery_protection { post '/users/sign_in', params: { user: { login: 'a', password: 'b' } } }

    assert_response :unprocessable_entity
    assert_match 'The change you requested was rejected', response.body
  end

  test 'a form with its token is taken' do
    user = make_user
    with_forgery_protection do
      get '/users/sign_in'
      token = css_select('input[name=authenticity_token]').first['value']
      post '/users/sign_in', params: { authenticity_token: token, user: { login: user.username, password: Factories::PASSWORD } }
    end

    assert_redirected_to '/'
  end

  test 'parameters of the wrong shape are no server error' do
    [{ user: 'x' }, { user: { login: ['a'], password: { b: 'c' } } }, {}].each do |params|
      post '/users/sign_in', params: params
      assert_response :unprocessable_entity, params
    end
    sign_in_as(make_user)
    post '/projects', params: { project: 'x' }
    assert_response :bad_request
  end
end
