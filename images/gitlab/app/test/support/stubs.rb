# frozen_string_literal: true

# Replaces a method for the length of a block. Debian's minitest has a stub too, but not for these
# module functions.
module Stubs
  def replacing(object, method, result)
    original = object.method(method)
    object.define_singleton_method(method) { |*, **, &block| result.respond_to?(:call) ? result.call(&block) : result }
    yield
  ensure
    object.define_singleton_method(method, original)
  end

  # Lines of one of the JSON logs that the block wrote.
  def log_lines(name)
    path = Gitlab.log_path("#{name}_json.log")
    before = path.exist? ? path.size : 0
    yield
    return [] unless path.exist?

    path.read(nil, before).lines.map { |line| JSON.parse(line) }
  end
end
