# frozen_string_literal: true

require 'test_helper'

class SshKeysTest < WebTest
  include ShellHelper

  PATH = '/-/user_settings/ssh_keys'

  setup { sign_in_as(@user = make_user) }

  test 'a key is added, shown and removed' do
    post PATH, params: { key: { key: public_key('ada@laptop'), title: '' } }
    assert_redirected_to PATH
    get PATH
    assert_select 'th', 'ada@laptop'
    assert_select 'code', "SHA256:#{Key.last.fingerprint_sha256}"

    delete "#{PATH}/#{Key.last.id}"
    assert_equal 0, Key.count
  end

  test 'what is no key is told at its field' do
    post PATH, params: { key: { key: 'nonsense', title: 'x' } }

    assert_response :unprocessable_entity
    assert_select '.error', /Key is invalid/
  end

  test 'one removes only what is one\'s own' do
    key = make_key(make_user)
    delete "#{PATH}/#{key.id}"

    assert Key.exists?(key.id)
  end
end
