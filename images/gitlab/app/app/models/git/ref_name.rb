# frozen_string_literal: true

module Git
  # Names of branches and tags.
  module RefName
    # What git forbids in a name, or reads as the syntax of a revision.
    FORBIDDEN = /[\0-\x20\x7F~^:?*\[\\]|\.\.|@\{|\.lock(\/|\z)|\/\.|\/\/|\A[-\/.]|[\/.]\z|\A@\z/

    module_function

    def plain?(name) = name.is_a?(String) && name.present? && name.bytesize <= 250 && name.valid_encoding? && !name.match?(FORBIDDEN)

    # Slashes stay, everything else that means something in an address does not.
    def in_url(name) = name.split('/', -1).map { |part| ERB::Util.url_encode(part) }.join('/')
  end
end
