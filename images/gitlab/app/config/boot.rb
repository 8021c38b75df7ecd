# frozen_string_literal: true

# No bundler: every gem is a Debian package, named in images/stack.
ENV['RAILS_ENV'] ||= ENV['RACK_ENV'] || 'production'

# `rails test` uses it before anything has loaded it.
require 'pathname'
