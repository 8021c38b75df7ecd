# frozen_string_literal: true

# A rule for the branches or tags of a name, or of a pattern with *.
module NamesRefs
  extend ActiveSupport::Concern

  included { validates :name, presence: true, length: { maximum: 255 }, uniqueness: { scope: :project_id } }

  class_methods do
    def name_like(text)
      text.present? ? where(arel_table[:name].matches("%#{sanitize_sql_like(text.to_s)}%")) : all
    end
  end

  def matches?(ref) = name.include?('*') ? pattern.match?(ref) : name == ref

  private

  def pattern = /\A#{name.split('*', -1).map { |part| Regexp.escape(part) }.join('.*')}\z/
end
