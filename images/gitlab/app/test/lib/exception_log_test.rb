# frozen_string_literal: true

require 'test_helper'

class ExceptionLogTest < WebTest
  test 'without its database a page is our 500 page, and the log has the reason' do
    sign_in_as(make_user)
    lines = log_lines('exceptions') { replacing(User, :active, -> { raise ActiveRecord::ConnectionNotEstablished, 'no socket' }) { get '/projects' } }

    assert_response :internal_server_error
    assert_match 'Something went wrong on our side', response.body
    assert_equal ['ActiveRecord::ConnectionNotEstablished', 'no socket', '/projects'],
                 lines.last.values_at('exception.class', 'exception.message', 'extra.path')
  end

  test 'without its Redis nobody signs in, and the log has the reason' do
    lines = log_lines('exceptions') do
      replacing(Gitlab::Redis::Sessions, :with, -> { raise Redis::CommandError, 'NOAUTH Authentication required.' }) do
        with_forgery_protection { get '/users/sign_in' }
      end
    end

    assert_response :internal_server_error
    assert_equal 'NOAUTH Authentication required.', lines.last['exception.message']
  end

  test 'what is the client\'s fault is not logged' do
    assert_empty(log_lines('exceptions') { get '/a/b/c/d' })
  end

  test 'production_json.log speaks GitLab\'s fields and keeps passwords' do
    make_user('ada')
    lines = log_lines('production') { post '/users/sign_in', params: { user: { login: 'ada', password: 'hidden-word' } } }

    assert_equal ['POST', '/users/sign_in', 'SessionsController', 'create', 422],
                 lines.last.values_at('method', 'path', 'controller', 'action', 'status')
    assert_equal response.headers['x-request-id'], lines.last['correlation_id']
    assert_operator lines.last['duration_s'], :>, 0
    assert_not_includes lines.to_json, 'hidden-word'
  end
end
