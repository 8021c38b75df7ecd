# frozen_string_literal: true

# Looks through gitlab.rb for removed settings without changing anything.
require_relative "../lib/reconfigure"

begin
  removals = Omnibus::KnownSettings.removals(Omnibus::Reconfigure.settings)
rescue StandardError, ScriptError => e
  warn e.message
  exit 1
end
exit 0 if removals.empty?

puts "Removals:", removals.map { |text| "* #{text}" }
puts "Deprecations found. Please correct them and try again."
exit(ARGV.include?("--no-fail") ? 0 : 1)
