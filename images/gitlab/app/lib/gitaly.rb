# frozen_string_literal: true

# The messages of Gitaly's protocol, generated from its own files. Gitaly::FindCommitRequest loads the
# file that defines it when it is first named: all of them together cost every process 6 MB.
module Gitaly
  class << self
    # The name is a String when Ruby has no such symbol yet.
    def const_missing(name)
      file = definitions[name.to_sym] or return super

      Gitlab::GitalyClient::Protos.load_file(file)
      const_get(name, false)
    end

    private

    # :FindCommitRequest => "commit_pb", and the services' modules.
    def definitions
      @definitions ||= Dir.glob("#{Gitlab::GitalyClient::Protos::DIRECTORY}/*_pb.rb").each_with_object({}) do |path, found|
        names = File.read(path).scan(/^  (?:module )?([A-Z]\w*)(?: = ::Google::Protobuf|$)/).flatten
        names.each { |name| found[name.to_sym] ||= File.basename(path, '.rb') }
      end
    end
  end
end
