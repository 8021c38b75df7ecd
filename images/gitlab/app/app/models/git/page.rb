# frozen_string_literal: true

module Git
  # One page of a list of which nobody knows the length: one record more than the page holds tells
  # whether another follows.
  class Page
    include Enumerable

    attr_reader :current_page, :limit_value

    def initialize(records, number:, size:)
      @more = records.size > size
      @records = records.first(size)
      @current_page = number
      @limit_value = size
    end

    def each(&) = @records.each(&)
    def empty? = @records.empty?
    def next_page = @more ? current_page + 1 : nil
    def prev_page = current_page > 1 ? current_page - 1 : nil
  end
end
