# frozen_string_literal: true

require_relative "known_settings"

module Mixlib
  module Config
    # The name that people search for when reconfigure refuses a setting.
    class UnknownConfigOptionError < StandardError; end
  end
end

module Omnibus
  # A hash whose missing keys become inner hashes, so that
  # `gitlab_rails['nginx']['listen_port'] = 80` works on an empty one.
  # A symbol and a string are the same key.
  class SettingsHash < Hash
    def [](key)
      key = key.to_s
      self[key] = SettingsHash.new unless key?(key)
      fetch(key)
    end

    def []=(key, value)
      super(key.to_s, value)
    end

    # A plain hash with string keys, without the inner hashes that were only looked at.
    def to_plain
      each_with_object({}) do |(key, value), plain|
        next if value.is_a?(SettingsHash) && value.to_plain.empty?

        plain[key] = Settings.plain(value)
      end
    end
  end

  # The settings as people wrote them. gitlab.rb is evaluated as Ruby with this
  # object as self, so every known top-level name is a method here.
  class Settings
    # Evaluates the sources in order; a later one overrides an earlier one.
    # `sources` are pairs of Ruby text and the name that errors show.
    def self.load(sources)
      settings = new
      sources.each { |text, name| settings.instance_eval(text, name, 1) }
      settings
    end

    # Hashes of any kind with symbol keys as plain hashes with string keys.
    def self.plain(value)
      case value
      when SettingsHash then value.to_plain
      when Hash then value.to_h { |key, inner| [key.to_s, plain(inner)] }
      when Array then value.map { |inner| plain(inner) }
      when Symbol then value.to_s
      else value
      end
    end

    def initialize
      @values = {}
    end

    KnownSettings::HASHES.each do |name|
      define_method(name) { |value = nil| value ? @values[name] = value : @values[name] ||= SettingsHash.new }
      define_method("#{name}=") { |value| @values[name] = value }
    end

    KnownSettings::VALUES.each do |name|
      define_method(name) { |*value| value.empty? ? @values[name] : @values[name] = value.first }
      define_method("#{name}=") { |value| @values[name] = value }
    end

    # `git_data_dirs({...})` is read so that it can be refused with an explanation.
    def git_data_dirs(value = nil)
      value ? @values["git_data_dirs"] = value : @values["git_data_dirs"] ||= SettingsHash.new
    end

    def roles(*names)
      @values["roles"] = names.flatten
    end

    def to_plain
      Settings.plain(@values).reject { |_, value| value == {} || value.nil? }
    end

    def respond_to_missing?(_name, _all = false)
      false
    end

    def method_missing(name, *args)
      verb = args.empty? ? "Reading" : "Cannot set"
      raise Mixlib::Config::UnknownConfigOptionError, "#{verb} unsupported config value #{name.to_s.delete_suffix('=')}."
    end
  end
end
