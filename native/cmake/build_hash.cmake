# Writes SOURCE (vb_build_hash) and DIGEST from the SHA-256 of ARCHIVE.
file(SHA256 "${ARCHIVE}" hash)
file(WRITE "${DIGEST}" "${hash}\n")
file(WRITE "${SOURCE}" "#include \"vb_platform.h\"\n\nconst char *vb_build_hash(void) {\n    return \"${hash}\";\n}\n")
