# frozen_string_literal: true

# `searchable_by :title` gives `search('text')`: a substring of any of the columns.
module Searchable
  extend ActiveSupport::Concern

  class_methods do
    def searchable_by(*columns)
      define_singleton_method(:search) do |text|
        next all unless text.is_a?(String) && text.present?

        pattern = "%#{sanitize_sql_like(text.delete("\0"))}%"
        columns.map { |column| where(arel_table[column].matches(pattern)) }.reduce(:or)
      end
    end
  end
end
