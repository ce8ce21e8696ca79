/* confdefs.h */
#define PACKAGE_NAME "CPython with Rust modules"
#define PACKAGE_TARNAME "cpython-rust"
#define PACKAGE_VERSION "3.14.0"
#define PACKAGE_STRING "CPython with Rust modules 3.14.0"
#define PACKAGE_BUGREPORT ""
#define PACKAGE_URL ""
