# frozen_string_literal: true

require 'test_helper'

class SettingsTest < ActiveSupport::TestCase
  test 'the base address names only an unusual port' do
    { ['a', 80, false] => 'http://a', ['a', 443, true] => 'https://a', ['a', 8080, false] => 'http://a:8080',
      ['a', 8443, true] => 'https://a:8443' }.each do |(host, port, https), url|
      replacing(Gitlab::Settings, :gitlab, { 'host' => host, 'port' => port, 'https' => https }) do
        assert_equal url, Gitlab::Settings.base_url
      end
    end
  end

  test 'a missing file means defaults' do
    assert_equal({}, Gitlab::Settings.load_file(Pathname.new('/nonexistent.yml')))
  end

  test 'odd entries of the allowlist let nobody in, and do not raise' do
    replacing(Gitlab::Settings, :monitoring, { 'ip_whitelist' => ['nonsense'] }) do
      assert_not Gitlab::MonitoringAllowlist.include?('127.0.0.1')
    end
    assert_not Gitlab::MonitoringAllowlist.include?('nonsense')
  end

  test 'redis takes a password from its own key' do
    replacing(Gitlab::Settings, :resque, { 'url' => 'unix:/x', 'password' => 'secret' }) do
      assert_equal({ url: 'unix:/x', password: 'secret', db: 1 }, Gitlab::Redis.params)
    end
  end

  test 'redis takes a password from its address' do
    config = RedisClient.config(url: 'unix://:s%40cret@/run/redis.socket')

    assert_equal ['s@cret', '/run/redis.socket'], [config.password, config.path]
  end
end
