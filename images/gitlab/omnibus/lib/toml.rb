# frozen_string_literal: true

require "json"

module Omnibus
  # Hashes as TOML, the language in which GitLab's Go programs are configured.
  module Toml
    # A table's plain values come first: what follows a header belongs to it.
    def self.dump(table, path = [])
      tables, values = table.compact.partition { |_, value| table?(value) }
      lines = values.map { |key, value| "#{name(key)} = #{literal(value)}\n" }
      blocks = tables.map { |key, inner| block(inner, path + [name(key)]) }
      [lines.join, *blocks].reject(&:empty?).join("\n")
    end

    def self.table?(value)
      value.is_a?(Hash) || (value.is_a?(Array) && value.any? && value.all?(Hash))
    end

    def self.block(inner, path)
      return inner.map { |table| "[[#{path.join('.')}]]\n#{dump(table, path)}" }.join("\n") if inner.is_a?(Array)

      "[#{path.join('.')}]\n#{dump(inner, path)}"
    end

    def self.name(key)
      key.match?(/\A[\w-]+\z/) ? key : literal(key)
    end

    # JSON's strings, numbers and lists are TOML's as well.
    def self.literal(value)
      case value
      when Hash then "{ #{value.compact.map { |key, inner| "#{name(key)} = #{literal(inner)}" }.join(', ')} }"
      when Array then "[#{value.map { |inner| literal(inner) }.join(', ')}]"
      else JSON.generate(value)
      end
    end

    private_class_method :table?, :block, :name, :literal
  end
end
