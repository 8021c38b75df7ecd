# frozen_string_literal: true

# No bundler: every gem is a Debian package, named in images/stack.
ENV['RAILS_ENV'] ||= ENV['RACK_ENV'] || 'production'

# Compiled files come from a cache that the image was built with: half of a box's start is Rails loading its own code.
# Whoever may not write to it only reads. A file that somebody edits is newer than its entry, and is compiled again.
require 'bootsnap'
cache = File.expand_path('../.bootsnap', __dir__)
Bootsnap.setup(cache_dir: cache, development_mode: false, readonly: !File.writable?(cache))

# While RubyGems has left open which version of some gem is meant, Debian's or the one that comes with Ruby, it looks
# through all of them at every `require`: more than half of what a start of Rails would cost. So all are settled first.
%w[railties activerecord activejob actionmailer pg bcrypt redis connection_pool sidekiq lograge
   kaminari-core kaminari-activerecord].each { |name| gem name }
gem Gem::Specification.unresolved_deps.each_key.first until Gem::Specification.unresolved_deps.empty?

# `rails test` uses it before anything has loaded it.
require 'pathname'
