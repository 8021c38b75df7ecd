# frozen_string_literal: true

require 'test_helper'

class UserTest < ActiveSupport::TestCase
  test 'gets a namespace of its own name' do
    assert_equal 'ada', make_user('ada').namespace.full_path
  end

  test 'is found by username and by login whatever the case' do
    ada = make_user('ada')

    assert_equal ada, User.find_by_username('ADA')
    assert_equal ada, User.find_by_login('Ada@Example.com')
  end

  test 'keeps its password as bcrypt of cost 10' do
    user = make_user
    user.update!(password: 'a new secret', password_confirmation: 'a new secret')

    assert_equal 10, BCrypt::Password.new(user.encrypted_password).cost
    assert user.valid_password?('a new secret')
    assert_not user.valid_password?('another')
  end

  test 'accepts a hash that was written with SQL' do
    user = make_user
    User.where(id: user.id).update_all(encrypted_password: BCrypt::Password.create('by reconfigure', cost: 10).to_s)

    assert user.reload.valid_password?('by reconfigure')
  end

  test 'refuses a short password and a wrong confirmation' do
    user = make_user

    assert_not user.update(password: 'short', password_confirmation: 'shorter')
    assert_equal ["Password confirmation doesn't match Password", 'Password is too short (minimum is 8 characters)'],
                 user.errors.full_messages.sort
  end

  test 'an empty or foreign hash lets nobody in' do
    assert_not User.new(encrypted_password: '').valid_password?('')
    assert_not User.new(encrypted_password: 'x').valid_password?('x')
  end

  test 'may not take a path of the application, of a group or of another user' do
    make_group('tools')
    make_user('ada')

    %w[admin tools Ada].each { |name| assert_not User.new(username: name).tap(&:validate).errors[:username].empty?, name }
  end

  test 'a renamed user keeps one namespace' do
    user = make_user('ada')
    user.update!(username: 'ada2')

    assert_equal 'ada2', user.namespace.reload.path
  end

  test 'a new user is welcomed by mail' do
    assert_difference -> { ActiveJob::Base.queue_adapter.enqueued_jobs.count { |job| job['queue_name'] == 'mailers' } } do
      User.create!(username: 'eve', name: 'Eve', email: 'eve@example.com', password: 'long enough')
    end
  end
end
