# Handles are pointers: one that is not live is not refused, and a new one may have the value of one that has ended.
handle.invalid off
handle.other-kind off
handle.unique off
free.ignored off
# Any server name is this machine.
server-name.malformed off
server-name.underscore off
server-name.unknown off
server-name.another-machine off
text.not-utf8 off
text.too-long off
# The list of names is one name, without its type and its place.
names.list off
names.after-logs off
end.concurrent off
# A second file is refused with another code, and a file that was replaced is opened.
open-file.twice -> hrInvalidHandle
open-file.gone off
read.no-file -> ERROR_HANDLE_EOF
# It has a code of its own for what fails below it.
failure.client-memory off
failure.client-descriptors off
failure.client-denied off
failure.connect off
failure.server-memory off
failure.server-descriptors off
failure.server-file-denied off
failure.server-disk off
# A session whose connection is lost says so again and again.
session.association-lost -> RPC_S_CALL_FAILED
end.not-told -> RPC_S_CALL_FAILED
