# Runs in CPython's build folder, for the folders that its Makefile names.

include Makefile

.PHONY: install-rust
install-rust:
	for library in "$(DESTDIR)$(LIBPL)/$(LIBRARY)" "$(DESTDIR)$(LIBDIR)/$(LIBRARY)"; do \
		if test -f "$$library"; then $(AR) r "$$library" "$(RUST_OBJECT)" || exit 1; fi; \
	done
	$(INSTALL) -d -m $(DIRMODE) $(DESTDIR)$(LIBDEST)
	$(INSTALL_DATA) $(RUST_LICENCES) $(DESTDIR)$(LIBDEST)/LICENSE-Rust.txt
	$(INSTALL_DATA) $(RUST_SBOM) $(DESTDIR)$(LIBDEST)/sbom-rust.cdx.json
	$(INSTALL) -d -m $(DIRMODE) $(DESTDIR)$(MANDIR)/man1
	sed 's/@LDVERSION@/$(LDVERSION)/g' $(RUST_MANUAL) > $(DESTDIR)$(MANDIR)/man1/python$(LDVERSION)-rust.1
	chmod $(FILEMODE) $(DESTDIR)$(MANDIR)/man1/python$(LDVERSION)-rust.1
