/* Declares a function that no library has. */
int odd_missing(void);
