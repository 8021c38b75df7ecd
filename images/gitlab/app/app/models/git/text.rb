# frozen_string_literal: true

module Git
  # Git keeps bytes; pages and JSON need UTF-8.
  module Text
    # As git does: a NUL byte near the beginning means binary.
    SNIFF = 8000

    module_function

    def utf8(bytes)
      text = bytes.to_s.dup.force_encoding(Encoding::UTF_8)
      return text if text.valid_encoding?

      # Not every byte has a meaning in Latin-1, but each becomes a character.
      text.force_encoding(Encoding::ISO_8859_1).encode(Encoding::UTF_8)
    end

    def bytes(text) = text.to_s.b
    def binary?(bytes) = bytes.byteslice(0, SNIFF).to_s.b.include?("\0")
  end
end
