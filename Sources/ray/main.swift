import Glibc
import Host

exit(Program.main())
