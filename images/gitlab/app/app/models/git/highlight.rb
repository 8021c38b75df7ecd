# frozen_string_literal: true

module Git
  # A file's text as HTML, line by line, its words coloured by what they are. Rouge is loaded by the
  # first file that somebody looks at.
  class Highlight
    # Colouring larger ones takes longer than anybody waits for a page.
    MAX_BYTES = 512.kilobytes
    SECONDS = 3

    def initialize(name, text)
      @name = name
      @text = text
    end

    def lines
      return plain if @text.bytesize > MAX_BYTES

      require 'rouge'
      Timeout.timeout(SECONDS) { coloured }
    rescue Timeout::Error
      plain
    end

    private

    def coloured
      html = Rouge::Formatters::HTML.new
      # Lines as they end in the file, also inside a token that spans several.
      tokens = lexer.lex(@text).flat_map { |token, value| value.lines.map { |line| [token, line] } }
      tokens.slice_after { |_, value| value.end_with?("\n") }
            .map { |line| line.map { |token, value| html.span(token, value.chomp) }.join.html_safe }
    end

    def plain = @text.lines(chomp: true).map { |line| ERB::Util.html_escape(line) }

    # Several languages share some endings; the first is as good as any.
    def lexer
      (Rouge::Lexer.guesses(filename: @name, source: @text.first(1000)).first || Rouge::Lexers::PlainText).new
    end
  end
end
