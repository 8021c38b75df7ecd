# frozen_string_literal: true

require 'test_helper'

class ApiApplicationSettingsTest < ApiTest
  test 'read and changed by administrators' do
    admin = make_admin
    call :put, '/application/settings', as: admin, receive_max_input_size: 5, default_branch_name: 'trunk'
    assert_equal [5, 'trunk'], json.values_at('receive_max_input_size', 'default_branch_name')
    assert_equal 2, call(:get, '/application/settings', as: admin)['default_branch_protection']
    assert_equal 'trunk', make_project.default_branch_name
    call :get, '/application/settings', as: make_user
    assert_response :forbidden
  end

  test 'odd values' do
    call :put, '/application/settings', as: make_admin, receive_max_input_size: -1
    assert_refused 400, { 'message' => { 'receive_max_input_size' => ['must be greater than 0'] } }
  end
end
